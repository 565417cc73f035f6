"""All observations of one run, still packed, and the way from them to samples that can be scored."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np

from inference.blocks import EYES, Block, block_of, pack, unpack
from inference.vision.concentration import Values
from inference.vision.profiles import Profile
from inference.vision.samples import Samples, prepare
from inference.vision.table import EyeTable, ObservationTable
from inference.vision.types import EyeSample, Observation, Part

# What fatigue, the head's movements, coverage and some profiles of the index read.
OTHER_COLUMNS = (
    "roll_deg", "pose_confidence", "eye_left_openness", "eye_right_openness", "mouth_openness", "rejection_code",
    "iris_x", "iris_y",
)  # fmt: skip
Tracked = TypeVar("Tracked", Observation, EyeSample)


@dataclass(slots=True)
class Evidence:
    """``blocks`` are (track number, packed observations); ``labels`` the card's, empty without a network.

    ``extra_labels`` are those of the estimates beside the learning emotions that the run chose, by name.
    """

    labels: tuple[str, ...]
    frame_times_s: list[Values] = field(default_factory=list)
    blocks: list[tuple[int, bytes]] = field(default_factory=list)
    extra_labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def add(self, part: Part) -> None:
        """Keep a part in memory, packed."""
        self.frame_times_s.append(part.frame_times_s.astype(np.float64))
        packed = packed_by_track(part, n_labels=len(self.labels))
        self.blocks += [(number, data) for number, _n_observations, data in packed]

    def samples(self, *, profile: Profile, person_of_track: Mapping[int, int] | None = None) -> Samples:
        """Return the samples of each person."""
        frames_s = np.concatenate(self.frame_times_s) if self.frame_times_s else np.empty(0)
        return prepare(table_of(self), frames_s, profile=profile, person_of_track=person_of_track)


def packed_by_track(part: Part, *, n_labels: int) -> list[tuple[int, int, bytes]]:
    """Return (track number, number of observations, packed observations) of each track in the part, by number."""
    eyes = by_track(part.eye_samples)
    return [
        (number, len(observations), pack(block_of(observations, eyes.get(number, ()), n_labels=n_labels)))
        for number, observations in sorted(by_track(part.observations).items())
    ]


def by_track(items: Iterable[Tracked]) -> dict[int, list[Tracked]]:
    """Return observations or eye samples of each track in order of time."""
    tracks: dict[int, list[Tracked]] = defaultdict(list)
    for item in items:
        tracks[item.track_number].append(item)
    return tracks


def table_of(evidence: Evidence) -> ObservationTable:
    """Return the columns that the index needs, of all blocks."""
    blocks = [unpack(data) for _number, data in evidence.blocks]
    numbers = np.array([number for number, _data in evidence.blocks], np.int64)
    empty = np.empty((0, len(evidence.labels)))
    return ObservationTable(
        labels=evidence.labels,
        track=np.repeat(numbers, [len(block.times_s) for block in blocks]),
        time_s=_joined([block.times_s for block in blocks]),
        quality=_column(blocks, "quality"),
        probabilities=np.concatenate([empty, *(block.probabilities for block in blocks)]).astype(np.float64),
        yaw_deg=_column(blocks, "yaw_deg"),
        pitch_deg=_column(blocks, "pitch_deg"),
        eye_openness=_column(blocks, "eye_openness"),
        extras={name: _extra(blocks, name, width=len(labels)) for name, labels in evidence.extra_labels.items()},
        others={name: _column(blocks, name) for name in OTHER_COLUMNS}
        | {"face_px": _joined([np.maximum(*_sides_px(block)) for block in blocks])},
        eyes=EyeTable(
            track=np.repeat(numbers, [len(block.eye_times_s) for block in blocks]),
            time_s=_joined([block.eye_times_s for block in blocks]),
            closed=np.concatenate([np.empty((0, EYES)), *(block.eyes_closed for block in blocks)]).astype(np.float64),
        ),
    )


def _sides_px(block: Block) -> tuple[Values, Values]:
    """Return the width and the height (n,) of each box."""
    boxes = block.boxes_px.astype(np.float64)
    return boxes[:, 2] - boxes[:, 0], boxes[:, 3] - boxes[:, 1]


def _extra(blocks: list[Block], name: str, *, width: int) -> Values:
    """Return (n, width) what one estimate says, NaN in blocks that it is not in."""
    found = [block.extras.get(name, np.full((len(block.times_s), width), np.nan)) for block in blocks]
    return np.concatenate([np.empty((0, width)), *found]).astype(np.float64)


def _column(blocks: list[Block], name: str) -> Values:
    return _joined([block.column(name) for block in blocks])


def _joined(arrays: list[np.typing.NDArray[np.floating]]) -> Values:
    return np.concatenate(arrays).astype(np.float64) if arrays else np.empty(0)
