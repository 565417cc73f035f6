"""468 points on each face, and what the eyes and the mouth do (MediaPipe's face_landmark model on the CPU engine)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, cast

import cv2
import numpy as np

from inference.vision.runtime import in_batches, load_file
from inference.vision.types import FloatArray, ImageArray

if TYPE_CHECKING:
    import numpy.typing as npt

INPUT_PX = 192
BATCH = 8
# The network was trained on the face box with a quarter of its side added on each side.
CROP_FACTOR = 1.5

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
    """The mesh of one face: ``points`` (468, 3) in frame pixels, z in the same unit; ``presence`` 0..1."""

    points: FloatArray
    presence: float

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
    """Finds the mesh inside given boxes."""

    def __init__(self, path: Path) -> None:
        self._network = load_file(path, input_shape=(BATCH, INPUT_PX, INPUT_PX, 3), takes_pixels=True)

    def __call__(self, faces: Sequence[tuple[ImageArray, FloatArray]]) -> list[FaceMesh]:
        """Return one mesh per (frame, box), in order; faces of several frames share batches."""
        if not faces:
            return []
        squares = [crop_square(box) for _, box in faces]
        crops = [cut(image, square) for (image, _), square in zip(faces, squares, strict=True)]
        raw, presence = in_batches(self._network, np.stack(crops), size=BATCH)
        points = raw.reshape(len(faces), -1, 3)
        logits = presence.reshape(len(faces))
        return [
            FaceMesh(_to_frame(found, square), _sigmoid(float(logit)))
            for found, square, logit in zip(points, squares, logits, strict=True)
        ]


def crop_square(box: FloatArray) -> tuple[float, float, float]:
    """Return left, top and side in pixels of the square that the network sees for ``box`` (4,)."""
    side = CROP_FACTOR * float(max(box[2] - box[0], box[3] - box[1]))
    return float(box[0] + box[2] - side) / 2, float(box[1] + box[3] - side) / 2, side


def cut(image_bgr: ImageArray, square: tuple[float, float, float]) -> ImageArray:
    """Return the square as pixels (192, 192, 3); what lies outside the frame is black."""
    left, top, side = square
    image_bgr, left, top, side = _shrunk(image_bgr, left, top, side)
    scale = side / INPUT_PX
    matrix = np.array([[scale, 0, left + scale / 2 - 0.5], [0, scale, top + scale / 2 - 0.5]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    return cast("ImageArray", cv2.warpAffine(image_bgr, matrix, (INPUT_PX, INPUT_PX), flags=flags))


def _shrunk(image_bgr: ImageArray, left: float, top: float, side: float) -> tuple[ImageArray, float, float, float]:
    """Return the frame and the square in it; a large face is made smaller by averaging first."""
    factor = int(side / INPUT_PX)
    x, y = max(int(left), 0), max(int(top), 0)
    region = image_bgr[y : int(top + side) + 2, x : int(left + side) + 2]
    if factor < 2 or min(region.shape[:2]) < factor:
        return image_bgr, left, top, side
    height, width = region.shape[0] // factor, region.shape[1] // factor
    region = region[: height * factor, : width * factor]
    small = cv2.resize(region, (width, height), interpolation=cv2.INTER_AREA)
    return cast("ImageArray", small), (left - x) / factor, (top - y) / factor, side / factor


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


def _to_frame(points: FloatArray, square: tuple[float, float, float]) -> FloatArray:
    left, top, side = square
    return np.asarray(points * (side / INPUT_PX) + np.array([left, top, 0]), np.float32)


def _sigmoid(logit: float) -> float:
    return float(1 / (1 + np.exp(-np.clip(logit, -50, 50))))
