"""What is true of a composed frame: which faces are in it, where, whose, and what makes each one hard to find."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inference.vision.types import FloatArray, ImageArray

MIN_HEIGHT_PX, LARGE_HEIGHT_PX = 20.0, 40.0
"""Faces lower than the first are no target; from the second on they are large."""


@dataclass(frozen=True, slots=True)
class Face:
    """One face: box (4,) in pixel corners from hairline to chin, who it is, its tile's place, what makes it hard."""

    bbox_xyxy: FloatArray
    person: str
    tile: int
    kind: str

    @property
    def height_px(self) -> float:
        """The box's height, the longer side: a face of 40 px is 29 px wide."""
        return float(self.bbox_xyxy[3] - self.bbox_xyxy[1])


@dataclass(frozen=True, slots=True)
class GalleryFrame:
    """A picture (h, w, 3) of a gallery at a time, and all faces in it."""

    image_bgr: ImageArray
    faces: tuple[Face, ...]
    timestamp_s: float = 0.0

    @property
    def boxes(self) -> FloatArray:
        """The faces' boxes (n, 4)."""
        return np.array([face.bbox_xyxy for face in self.faces], np.float32).reshape(-1, 4)
