"""What a report and a progress message consist of: read-only values for pages, the API and exports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, TypedDict

from inference.models import AnalysisRun

# The order of `mix` everywhere; the names are SegmentScore's columns.
LABELS = ("focused", "distracted", "curious", "confused", "tired", "happy")
# The estimates beside them, by name; SegmentScore's columns are `<name>_<label>`.
EXTRA_LABELS = {
    "valence": ("negative", "neutral", "positive"),
    "basic": ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"),
}
Mix = tuple[float, ...]
Signs = Mapping[str, float | None]


def extra_columns(name: str) -> tuple[str, ...]:
    """Return the columns of SegmentScore that hold an estimate, in the order of its labels."""
    return tuple(f"{name}_{label}" for label in EXTRA_LABELS[name])


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """The values of one person, or of the class, in one segment; None where too little was seen or too few people.

    ``signs`` are those of `inference.vision.signs.SIGNS`, by name; empty in runs from before they were stored.
    """

    index: int
    start_s: float
    end_s: float
    concentration: float | None
    low: float | None
    high: float | None
    coverage: float
    n_observations: int
    n_people: int
    mix: Mix | None
    eyes_closed_share: float | None
    head_turned_share: float | None
    valence: Mix | None = None
    basic: Mix | None = None
    signs: Signs = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone in the recording: a named student with all their tracks, or one track without a name."""

    key: str
    name: str
    student_id: int | None
    track_ids: tuple[int, ...]
    first_s: float
    last_s: float
    best_s: float
    best_bbox_xyxy: tuple[float, ...]
    coverage: float
    concentration: float | None
    low: float | None
    high: float | None
    rows: tuple[ScoreRow, ...]


class SpanMix(NamedTuple):
    """The class's mix in the whole lecture or one third of it; None where fewer than the minimum were seen."""

    key: str
    mix: Mix | None
    n_people: int
    valence: Mix | None = None
    basic: Mix | None = None


@dataclass(frozen=True, slots=True)
class Summary:
    """The lecture in one line. `insufficient_s` is the time without a class value."""

    concentration: float | None
    low: float | None
    high: float | None
    n_people_seen: int
    n_roster: int
    coverage: float
    insufficient_s: float
    mix: tuple[SpanMix, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All that the page of a lecture shows. `rows` is the class; `people` is empty unless the mode is individual.

    `mode` is the run's, or a stricter one that the policy of today asks for. `extras` names the estimates beside the
    learning emotions that ran and that the policy of today allows.
    """

    run: AnalysisRun
    mode: str
    rows: tuple[ScoreRow, ...]
    people: tuple[Person, ...]
    summary: Summary
    extras: tuple[str, ...] = ()


class StageMessage(TypedDict):
    """One step of a run."""

    key: str
    label: str
    state: Literal["done", "active", "waiting"]


class ErrorMessage(TypedDict):
    """What went wrong, and what to do."""

    code: str
    message: str
    remedy: str


class RunMessage(TypedDict):
    """How a run stands: what the WebSocket and GET /api/runs/<id>/ send."""

    type: Literal["run"]
    id: int
    state: str
    stage: str
    progress: float
    eta_s: float | None
    queue_position: int | None
    stages: list[StageMessage]
    error: ErrorMessage | None
    report_url: str
