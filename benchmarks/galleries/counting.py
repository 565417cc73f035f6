"""Recall and false faces: how many of the true faces were found, by size and kind, and what was found beside them."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from benchmarks.galleries.pairing import MIN_OVERLAP, pairs_of
from benchmarks.galleries.truth import LARGE_HEIGHT_PX, MIN_HEIGHT_PX, Face, GalleryFrame
from inference.vision.stages.detect import overlaps
from inference.vision.types import FloatArray

LARGE, SMALL = "40px", "20px"
Group = tuple[str, str]


@dataclass(slots=True)
class Count:
    """Faces there and found by (size, kind); false faces and frames."""

    there: Counter[Group] = field(default_factory=Counter)
    found: Counter[Group] = field(default_factory=Counter)
    false: int = 0
    frames: int = 0

    def add(self, frame: GalleryFrame, boxes: FloatArray) -> None:
        """Count the ``boxes`` (n, 4) that a detector found in ``frame``."""
        overlap = overlaps(frame.boxes, boxes)
        hits = {int(row) for row, _ in pairs_of(overlap)}
        for row, face in enumerate(frame.faces):
            if group := group_of(face):
                self.there[group] += 1
                self.found[group] += row in hits
        self.false += _strangers(overlap)
        self.frames += 1

    def recall(self, size: str, kind: str | None = None) -> float:
        """Return the share found of faces of ``size`` (``LARGE`` or ``SMALL``), of one kind or of all; NaN of none."""
        groups = [group for group in self.there if group[0] == size and kind in (None, group[1])]
        there = sum(self.there[group] for group in groups)
        return sum(self.found[group] for group in groups) / there if there else float("nan")

    @property
    def false_per_frame(self) -> float:
        """Boxes in which there is no face."""
        return self.false / self.frames


def group_of(face: Face) -> Group | None:
    """Return the size and kind of a face; None for those too small to be looked for."""
    if face.height_px < MIN_HEIGHT_PX:
        return None
    return (LARGE if face.height_px >= LARGE_HEIGHT_PX else SMALL), face.kind


def _strangers(overlap: FloatArray) -> int:
    """Return how many boxes (columns) are no face's pair: on no face, or the second one on the same face."""
    return int(overlap.shape[1]) - len(pairs_of(overlap, MIN_OVERLAP))
