"""Reads of stored results. The caller has passed `inference.access` and `courses.policy` before."""

from __future__ import annotations

from courses.models import Lecture
from inference.models import AnalysisRun
from inference.report import allowed_part, build_report
from inference.results import (
    EXTRA_LABELS,
    LABELS,
    ErrorMessage,
    Person,
    Report,
    RunMessage,
    ScoreRow,
    SpanMix,
    StageMessage,
    Summary,
)
from inference.stages import stage_messages

__all__ = [
    "EXTRA_LABELS",
    "LABELS",
    "ErrorMessage",
    "Person",
    "Report",
    "RunMessage",
    "ScoreRow",
    "SpanMix",
    "StageMessage",
    "Summary",
    "allowed_part",
    "newest_run",
    "queue_position",
    "report",
    "run_progress",
]


def newest_run(lecture: Lecture) -> AnalysisRun | None:
    """Return the lecture's newest run, whatever its state; one query."""
    return AnalysisRun.objects.filter(recording__lecture=lecture).select_related("recording__lecture").first()


def report(lecture: Lecture, *, extras: tuple[str, ...] = ()) -> Report | None:
    """Return the results of the newest finished run in at most five queries; None before the first.

    ``extras`` are the estimates beside the learning emotions that the policy of today lets the reader see.
    """
    runs = AnalysisRun.objects.filter(recording__lecture=lecture, state=AnalysisRun.State.SUCCESS)
    facts = ("recording__lecture__course", "model_version", "valence_version", "basic_version")
    run = runs.select_related(*facts).first()
    return build_report(run, extras=extras) if run else None


def queue_position(run: AnalysisRun) -> int | None:
    """Return how many runs wait in front of this one; None when it does not wait."""
    if run.state != AnalysisRun.State.PENDING:
        return None
    return AnalysisRun.objects.filter(state=AnalysisRun.State.PENDING, pk__lt=run.pk).count()


def run_progress(run: AnalysisRun) -> RunMessage:
    """Return how the run stands, as pages and the API send it."""
    return {
        "type": "run",
        "id": run.pk,
        "state": run.state,
        "stage": run.stage,
        "progress": round(run.progress, 4),
        "eta_s": run.eta_s if run.is_active else None,
        "queue_position": queue_position(run),
        "stages": stage_messages(run),
        "error": _error(run),
        "report_url": run.recording.lecture.get_absolute_url(),
    }


def _error(run: AnalysisRun) -> ErrorMessage | None:
    if not run.error_code:
        return None
    return {"code": run.error_code, "message": run.error_message, "remedy": run.error_remedy}
