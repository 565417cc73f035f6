"""Full samples with the frames up to the next one, in which only the eyes are looked at."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from inference.vision.stages.eyes import EyePlace, EyeReader
from inference.vision.types import EyeSample, Frame, Observation
from inference.vision.video import Sampling


@dataclass(slots=True)
class Step:
    """A full sample and the ``between`` frames that follow it; there are none without the faster sampling."""

    frame: Frame
    between: list[Frame] = field(default_factory=list)

    @property
    def nbytes(self) -> int:
        """The memory that the pictures take."""
        return self.frame.image_bgr.nbytes * (1 + len(self.between))


def steps_of(frames: Iterable[Frame], sampling: Sampling) -> Iterator[Step]:
    """Yield the steps of one part's frames: the first of each grid interval of ``sampling`` is a full sample."""
    step, last_slot = None, None
    for frame in frames:
        slot = sampling.slot(frame.timestamp_s)
        if step is not None and slot == last_slot:
            step.between.append(frame)
            continue
        if step is not None:
            yield step
        step, last_slot = Step(frame), slot
    if step is not None:
        yield step


class EyesBetween:
    """Reads the eyes of a part's frames, step after step; ``samples`` are what was read."""

    def __init__(self, reader: EyeReader) -> None:
        self._reader = reader
        self._open: tuple[Step, Mapping[int, EyePlace]] | None = None
        self.samples: list[EyeSample] = []

    def add(self, steps: Iterable[Step], observations: Iterable[Observation]) -> None:
        """Take the next steps with all that was seen in their full samples; frames wait for the sample after them."""
        places: dict[float, dict[int, EyePlace]] = {}
        for seen in observations:
            if seen.eye_corners is not None:
                place = EyePlace(seen.timestamp_s, seen.eye_corners)
                places.setdefault(seen.timestamp_s, {})[seen.track_number] = place
        for step in steps:
            self._close(step, places.get(step.frame.timestamp_s, {}))

    def _close(self, step: Step, after: Mapping[int, EyePlace]) -> None:
        if self._open is not None:
            opened, before = self._open
            stayed = {track: place for track, place in before.items() if track in after and _stays(place, after[track])}
            self.samples += self._reader.read([opened.frame, *opened.between], stayed, after)
        self._open = step, after


def _stays(before: EyePlace, after: EyePlace) -> bool:
    """Say whether the face moved by less than the distance of its eyes: one that jumped was elsewhere in between."""
    middles = before.corners.mean(axis=1)
    moved_px = np.hypot(*(after.corners.mean(axis=(0, 1)) - middles.mean(axis=0)))
    return bool(moved_px < np.hypot(*(middles[1] - middles[0])))
