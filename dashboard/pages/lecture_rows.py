"""Lectures as lists show them: the newest run's state, and the class values of the newest finished one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.conf import settings
from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext as _

from courses.models import Lecture, Segment
from inference.models import AnalysisRun, SegmentScore

State = AnalysisRun.State


@dataclass(frozen=True, slots=True)
class LectureRow:
    """One lecture of a list. Values are None before the first finished run, or where too few people were seen."""

    lecture: Lecture
    run: AnalysisRun | None
    score: SegmentScore | None
    duration_s: float | None

    @property
    def is_running(self) -> bool:
        """Say whether the newest run waits or works."""
        return self.run is not None and self.run.is_active

    @property
    def state(self) -> str:
        """Return the newest run's state, for the badge."""
        return self.run.state if self.run else "none"

    @property
    def status(self) -> str:
        """Return the newest run's state in words."""
        return str(self.run.get_state_display()) if self.run else _("not analysed")

    @property
    def coverage(self) -> float | None:
        """Return the share of people and time that was seen."""
        return self.score.coverage if self.score else None

    @property
    def concentration(self) -> float | None:
        """Return the class's value."""
        return self.score.concentration if self._is_shown and self.score else None

    @property
    def low(self) -> float | None:
        """Return the lower end of its interval."""
        return self.score.concentration_low if self.score else None

    @property
    def high(self) -> float | None:
        """Return the upper end of its interval."""
        return self.score.concentration_high if self.score else None

    @property
    def why_no_value(self) -> str:
        """Say why there is no class value; nothing before the first finished run."""
        if self.score is None:
            return "–"
        if self.score.n_observations == 0:
            return _("no faces")
        if self.score.n_people == 0:
            return _("seen too briefly")
        return _("too few faces") if self._is_shown else _("fewer than %d people") % settings.MINIMUM_PEOPLE

    @property
    def _is_shown(self) -> bool:
        return self.score is not None and self.score.n_people >= settings.MINIMUM_PEOPLE


def lecture_rows(lectures: QuerySet[Lecture]) -> list[LectureRow]:
    """Return the lectures with what is known of each, in three queries."""
    newest_first = Prefetch("recording__runs", queryset=AnalysisRun.objects.order_by("-pk"))
    found = list(lectures.select_related("recording", "course").prefetch_related(newest_first))
    finished = {lecture.pk: _finished(lecture) for lecture in found}
    scores = _whole_scores(run for run in finished.values() if run)
    return [_row(lecture, scores, finished[lecture.pk]) for lecture in found]


def _row(lecture: Lecture, scores: dict[int, SegmentScore], finished: AnalysisRun | None) -> LectureRow:
    runs = _runs(lecture)
    return LectureRow(
        lecture=lecture,
        run=runs[0] if runs else None,
        score=scores.get(finished.pk) if finished else None,
        duration_s=lecture.recording.duration_s if hasattr(lecture, "recording") else None,
    )


def _runs(lecture: Lecture) -> list[AnalysisRun]:
    return list(lecture.recording.runs.all()) if hasattr(lecture, "recording") else []


def _finished(lecture: Lecture) -> AnalysisRun | None:
    return next((run for run in _runs(lecture) if run.state == State.SUCCESS), None)


def _whole_scores(runs: Iterable[AnalysisRun]) -> dict[int, SegmentScore]:
    """Return the class's score of the whole lecture by run."""
    scores = SegmentScore.objects.filter(
        run__in=[run.pk for run in runs],
        segment__kind=Segment.Kind.SUMMARY,
        segment__index=0,
        track=None,
        student=None,
    )
    return {score.run_id: score for score in scores}
