"""The steps of a run as people see them."""

from __future__ import annotations

from typing import Literal

from django.utils.translation import gettext_lazy as _

from inference.models import AnalysisRun
from inference.results import StageMessage

PREPARE, FACES, SCORES = "prepare", "faces", "scores"
LABELS_OF_STAGES = {
    PREPARE: _("Prepare"),
    FACES: _("Find and read faces"),
    SCORES: _("Compute scores"),
}
ORDER = tuple(LABELS_OF_STAGES)


def stage_messages(run: AnalysisRun) -> list[StageMessage]:
    """Return every step with its label and state."""
    return [
        {"key": key, "label": str(label), "state": _state(run, position)}
        for position, (key, label) in enumerate(LABELS_OF_STAGES.items())
    ]


def _state(run: AnalysisRun, position: int) -> Literal["done", "active", "waiting"]:
    if run.state == AnalysisRun.State.SUCCESS:
        return "done"
    current = ORDER.index(run.stage) if run.stage in ORDER else -1
    if position < current:
        return "done"
    return "active" if position == current and run.state == AnalysisRun.State.STARTED else "waiting"
