"""468 points on each face, and what the eyes and the mouth do (MediaPipe's face_landmark model on the CPU engine)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from inference.vision.runtime import in_batches, load_file
from inference.vision.stages.cover import CoverFinder
from inference.vision.stages.window import INPUT_PX, cut, to_frame, window_of
from inference.vision.types import FloatArray, ImageArray

if TYPE_CHECKING:
    import numpy.typing as npt

BATCH = 8
Face: TypeAlias = tuple[ImageArray, FloatArray, FloatArray]
"""A frame, a box (4,) in it and five landmarks (5, 2): eyes, nose, mouth corners."""

# Points of the mesh, in the order p1..p6 of Soukupova and Cech 2016: corner, two above, corner, two below.
EYE_IMAGE_LEFT = (33, 160, 158, 133, 153, 144)
EYE_IMAGE_RIGHT = (362, 385, 387, 263, 373, 380)
EYE_RING_IMAGE_LEFT = (33, 160, 159, 158, 133, 153, 145, 144)
EYE_RING_IMAGE_RIGHT = (362, 385, 386, 387, 263, 373, 374, 380)
NOSE_TIP = 1
MOUTH_CORNERS = (61, 291)
# Inner lips: the corners, then pairs of upper and lower points.
INNER_LIP_CORNERS = (78, 308)
INNER_LIP_PAIRS = ((82, 87), (13, 14), (312, 317))


@dataclass(frozen=True, slots=True)
class FaceMesh:
    """The mesh of one face: ``points`` (468, 3) in frame pixels, z in the same unit; ``presence`` 0..1.

    ``is_covered``: something is before the face, though the mesh may still be sure.
    """

    points: FloatArray
    presence: float
    is_covered: bool = False

    @property
    def five_points(self) -> FloatArray:
        """The eyes, the nose tip and the mouth corners (5, 2), left to right as seen."""
        eyes = [self.points[list(ring), :2].mean(axis=0) for ring in (EYE_RING_IMAGE_LEFT, EYE_RING_IMAGE_RIGHT)]
        return np.stack([*eyes, self.points[NOSE_TIP, :2], *self.points[list(MOUTH_CORNERS), :2]]).astype(np.float32)

    @property
    def bbox_xyxy(self) -> FloatArray:
        """The box (4,) around all points."""
        flat = self.points[:, :2]
        return np.concatenate([flat.min(axis=0), flat.max(axis=0)]).astype(np.float32)


class FaceMesher:
    """Finds the mesh inside given boxes, and whether something is before the face."""

    def __init__(self, path: Path, *, finds_covers: bool = True) -> None:
        self._covers = CoverFinder() if finds_covers else None
        self._network = load_file(path, input_shape=(BATCH, INPUT_PX, INPUT_PX, 3), takes_pixels=True)

    def __call__(self, faces: Sequence[Face]) -> list[FaceMesh]:
        """Return one mesh per (frame, box (4,), landmarks (5, 2)), in order; faces of several frames share batches.

        The landmarks, the detector's or those of the face's last mesh, say how far the head is tilted.
        """
        if not faces:
            return []
        windows = [window_of(box, landmarks) for _, box, landmarks in faces]
        crops = np.empty((len(faces), INPUT_PX, INPUT_PX, 3), np.uint8)
        for (image, _, _), window, crop in zip(faces, windows, crops, strict=True):
            cut(image, window, crop)
        raw, presence = in_batches(self._network, crops, size=BATCH)
        points = raw.reshape(len(faces), -1, 3)
        logits = presence.reshape(len(faces))
        covers = self._covers(crops) if self._covers else [False] * len(faces)
        return [
            FaceMesh(to_frame(found, window), _sigmoid(float(logit)), is_covered)
            for found, window, logit, is_covered in zip(points, windows, logits, covers, strict=True)
        ]


def eye_openness(points: FloatArray) -> float:
    """Return the mean eye aspect ratio of both eyes of a mesh (468, 2 or 3), NaN where an eye has no width."""
    left, right = eye_openness_each(points)
    return (left + right) / 2


def eye_openness_each(points: FloatArray) -> tuple[float, float]:
    """Return the eye aspect ratio of the image's left and right eye of a mesh (468, 2 or 3), NaN without a width."""
    return _ear(points, EYE_IMAGE_LEFT), _ear(points, EYE_IMAGE_RIGHT)


def mouth_openness(points: FloatArray) -> float:
    """Return height over width of the inner lips of a mesh (468, 2 or 3), NaN where the mouth has no width."""
    flat = points[:, :2]
    width = _distance(flat, *INNER_LIP_CORNERS)
    height = float(np.mean([_distance(flat, upper, lower) for upper, lower in INNER_LIP_PAIRS]))
    return height / width if width > 0 else float("nan")


def _ear(points: FloatArray, eye: tuple[int, int, int, int, int, int]) -> float:
    """Soukupova and Cech 2016, equation 1."""
    flat = points[:, :2]
    p1, p2, p3, p4, p5, p6 = eye
    width = _distance(flat, p1, p4)
    return (_distance(flat, p2, p6) + _distance(flat, p3, p5)) / (2 * width) if width > 0 else float("nan")


def _distance(points: npt.NDArray[np.float32], left: int, right: int) -> float:
    return float(np.linalg.norm(points[left] - points[right]))


def _sigmoid(logit: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(logit, -50, 50))))
