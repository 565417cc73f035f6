"""Builds a lecture's report from score rows: four queries, whatever the size of the class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from django.conf import settings

from courses.models import Enrollment, Mode, Segment
from inference.models import AnalysisRun, FaceTrack, SegmentScore
from inference.results import LABELS, Mix, Person, Report, ScoreRow, SpanMix, Summary, extra_columns
from inference.tracks import subject_of
from inference.vision.signs import OBSERVABLE_SIGNS, SIGNS

# (track id, student id): (None, None) is the class.
Subject = tuple[int | None, int | None]
Rows = dict[Subject, dict[int, ScoreRow]]
CLASS: Subject = (None, None)
# A face in fewer sampled frames is a flicker of the detector, not a person.
LEAST_OBSERVATIONS = 3
FIELDS = (
    "track_id", "student_id", "segment_id", "concentration", "concentration_low", "concentration_high", "coverage",
    "n_observations", "n_people", "eyes_closed_share", "head_turned_share", *SIGNS, *LABELS,
)  # fmt: skip


def build_report(run: AnalysisRun, *, extras: tuple[str, ...] = ()) -> Report:
    """Return the report of a finished run; of the estimates ``extras`` those that ran."""
    shown = tuple(name for name in extras if name in run.extra_versions)
    segments = list(Segment.objects.filter(lecture=run.recording.lecture_id))
    fixed = [segment for segment in segments if segment.kind == Segment.Kind.FIXED]
    spans = [segment for segment in segments if segment.kind == Segment.Kind.SUMMARY]
    rows = _rows_by_subject(run, {segment.pk: segment for segment in segments}, extras=shown)
    people = _people(run, fixed=fixed, spans=spans, rows=rows)
    class_rows = tuple(_suppressed(row) for row in _complete(rows[CLASS], fixed))
    summary = _summary(run, people=people, class_rows=class_rows, spans=_complete(rows[CLASS], spans))
    return Report(run=run, mode=run.mode, rows=class_rows, people=people, summary=summary, extras=shown)


def allowed_part(found: Report, *, mode: str) -> Report:
    """Return the report without what a policy that became stricter since the run no longer allows."""
    if mode == Mode.INDIVIDUAL:
        return found
    if mode == Mode.AGGREGATE:
        return replace(found, people=())
    rows, people = tuple(map(_observable, found.rows)), ()
    summary = replace(found.summary, concentration=None, low=None, high=None, mix=())
    return replace(found, mode=mode, rows=rows, people=people, summary=summary, extras=())


def _observable(row: ScoreRow) -> ScoreRow:
    """Return the row without what an emotion network said."""
    signs = {name: row.signs.get(name) for name in OBSERVABLE_SIGNS}
    return replace(row, concentration=None, low=None, high=None, mix=None, valence=None, basic=None, signs=signs)


def _rows_by_subject(run: AnalysisRun, segments: dict[int, Segment], *, extras: tuple[str, ...]) -> Rows:
    rows: Rows = defaultdict(dict)
    fields = (*FIELDS, *(column for name in extras for column in extra_columns(name)))
    for track_id, student_id, segment_id, *values in SegmentScore.objects.filter(run=run).values_list(*fields):
        if segment_id in segments:
            rows[track_id, student_id][segment_id] = _row(segments[segment_id], values, extras=extras)
    return rows


def _row(segment: Segment, values: list[float | None], *, extras: tuple[str, ...]) -> ScoreRow:
    concentration, low, high, coverage, n_observations, n_people, eyes_closed, head_turned, *rest = values
    signs, shares = rest[: len(SIGNS)], rest[len(SIGNS) :]
    return ScoreRow(
        index=segment.index,
        start_s=segment.start_s,
        end_s=segment.end_s,
        concentration=concentration,
        low=low,
        high=high,
        coverage=coverage or 0.0,
        n_observations=int(n_observations or 0),
        n_people=int(n_people or 0),
        mix=_mix(shares[: len(LABELS)]),
        eyes_closed_share=eyes_closed,
        head_turned_share=head_turned,
        signs=dict(zip(SIGNS, signs, strict=True)),
        **_extra_mixes(shares[len(LABELS) :], extras),
    )


def _extra_mixes(shares: list[float | None], extras: tuple[str, ...]) -> dict[str, Mix | None]:
    """Part the shares by the estimate that they belong to."""
    found = {}
    for name in extras:
        width = len(extra_columns(name))
        found[name], shares = _mix(shares[:width]), shares[width:]
    return found


def _mix(shares: list[float | None]) -> Mix | None:
    return None if shares[0] is None else tuple(share or 0.0 for share in shares)


def _complete(rows: dict[int, ScoreRow], segments: Iterable[Segment]) -> tuple[ScoreRow, ...]:
    """Return one row a segment; a segment in which nobody was seen has coverage 0 and no values."""
    return tuple(rows.get(segment.pk) or unseen(segment) for segment in segments)


def unseen(segment: Segment) -> ScoreRow:
    """Return the row of a segment without observations."""
    return ScoreRow(segment.index, segment.start_s, segment.end_s, None, None, None, 0.0, 0, 0, None, None, None)


def _suppressed(row: ScoreRow) -> ScoreRow:
    """Hide class values that fewer than the minimum of people stand behind (trust: k after every filter)."""
    if row.n_people >= settings.MINIMUM_PEOPLE:
        return row
    hidden = (None, None, None)
    facts = (row.index, row.start_s, row.end_s, *hidden, row.coverage, row.n_observations, row.n_people)
    # Each sign counted its own people when it was scored.
    return ScoreRow(*facts, *hidden, signs=row.signs)


def _people(run: AnalysisRun, *, fixed: list[Segment], spans: list[Segment], rows: Rows) -> tuple[Person, ...]:
    if run.mode != Mode.INDIVIDUAL:
        return ()
    groups: dict[Subject, list[FaceTrack]] = defaultdict(list)
    for track in FaceTrack.objects.filter(run=run, role=FaceTrack.Role.STUDENT).select_related("student"):
        groups[subject_of(track)].append(track)
    people = [_person(tracks, fixed=fixed, spans=spans, rows=rows[subject]) for subject, tracks in groups.items()]
    return tuple(person for person in people if person is not None)


def _person(
    tracks: list[FaceTrack], *, fixed: list[Segment], spans: list[Segment], rows: dict[int, ScoreRow]
) -> Person | None:
    best = max(tracks, key=lambda track: track.best_quality)
    if best.student_id is None and sum(track.n_observations for track in tracks) < LEAST_OBSERVATIONS:
        return None
    whole = next(iter(_complete(rows, spans)), None)
    return Person(
        key=f"student-{best.student_id}" if best.student_id else f"track-{best.pk}",
        name=str(tracks[0]),
        student_id=best.student_id,
        track_ids=tuple(track.pk for track in tracks),
        first_s=min(track.first_s for track in tracks),
        last_s=max(track.last_s for track in tracks),
        best_s=best.best_s,
        best_bbox_xyxy=tuple(best.best_bbox_xyxy),
        coverage=whole.coverage if whole else 0.0,
        concentration=whole.concentration if whole else None,
        low=whole.low if whole else None,
        high=whole.high if whole else None,
        rows=_complete(rows, fixed),
    )


def _summary(
    run: AnalysisRun, *, people: tuple[Person, ...], class_rows: tuple[ScoreRow, ...], spans: tuple[ScoreRow, ...]
) -> Summary:
    shown = [_suppressed(row) for row in spans]
    whole = shown[0] if shown else None
    names = ("whole", "first", "middle", "last")
    without_value = [row for row in class_rows if row.n_people < settings.MINIMUM_PEOPLE]
    return Summary(
        concentration=whole.concentration if whole else None,
        low=whole.low if whole else None,
        high=whole.high if whole else None,
        n_people_seen=len(people) or max((row.n_people for row in (*class_rows, *shown)), default=0),
        n_roster=Enrollment.objects.filter(course=run.recording.lecture.course_id).count(),
        coverage=whole.coverage if whole else 0.0,
        insufficient_s=sum(row.end_s - row.start_s for row in without_value),
        mix=tuple(
            SpanMix(name, row.mix, row.n_people, row.valence, row.basic)
            for name, row in zip(names, shown, strict=False)
        ),
    )
