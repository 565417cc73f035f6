"""How a face and its surroundings look, in 1,536 bytes: enough to tell the people of one gallery apart for a while."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from inference.vision.stages.align import similarity
from inference.vision.types import Detection, FloatArray, ImageArray

SIDE, PICTURES = 16, 2
LEAST_WIDTH_PX, LEAST_SIDE_PX = 480, 64
# Pictures are cut at twice their size and averaged, from a frame in which they are no larger than four times.
CUT = 2 * SIDE
# Hair, shoulders and backdrop tell people apart at a size where faces do not; more would show the next tile.
SURROUNDINGS_FACTOR = 1.7
# Where eyes, nose and mouth corners lie in a picture of the face: five cells from eye to eye leave room for the hair.
FACE_POINTS = np.array([[5.5, 6.6], [10.5, 6.6], [8.0, 9.1], [6.0, 11.6], [10.0, 11.6]], np.float32)
# Where they lie in a detector's box, in shares of it.
BOX_POINTS = np.array([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.34, 0.8], [0.66, 0.8]], np.float32)
LEAST_EYE_SHARE = 0.08


def _ellipse(half_width: float, half_height: float) -> npt.NDArray[np.bool_]:
    """Return which cells (16, 16) lie in the ellipse about the middle of the face."""
    y, x = np.mgrid[:SIDE, :SIDE] + 0.5
    return np.asarray(((x - SIDE / 2) / half_width) ** 2 + ((y - SIDE / 2 - 0.5) / half_height) ** 2 <= 1)


# The backdrop in the corners shifts as the head moves: there the picture of a face is of the middle level, which counts
# as nothing.
MIDDLE = 128
FACE = _ellipse(7.2, 8.5)
VALUES = 3 * int(FACE.sum()), 3 * SIDE**2


@dataclass(frozen=True, slots=True)
class Level:
    """A frame made smaller by ``scale``."""

    image_bgr: ImageArray
    scale: float


def levels_of(image_bgr: ImageArray) -> list[Level]:
    """Return the frame at smaller and smaller sizes, each half of the one before: averaging is then cheap."""
    factor, scale, levels = max(image_bgr.shape[1] // LEAST_WIDTH_PX, 1), 1.0, list[Level]()
    while not levels or min(image_bgr.shape[:2]) >= factor * LEAST_SIDE_PX:
        if factor > 1:
            size = max(image_bgr.shape[1] // factor, 1), max(image_bgr.shape[0] // factor, 1)
            scale, image_bgr = (
                scale / factor,
                cast("ImageArray", cv2.resize(image_bgr, size, interpolation=cv2.INTER_AREA)),
            )
        levels.append(Level(image_bgr, scale))
        factor = 2
    return levels


def looks_of(levels: list[Level], detection: Detection) -> ImageArray:
    """Return two pictures (2, 16, 16, 3): the face brought upright by its landmarks, and the square around its box."""
    looks = np.empty((PICTURES, SIDE, SIDE, 3), np.uint8)
    _cut(levels, similarity(points_of(detection), FACE_POINTS), looks[0])
    looks[0][~FACE] = MIDDLE
    _cut(levels, _square(detection.bbox_xyxy, SURROUNDINGS_FACTOR), looks[1])
    return looks


def place_of(levels: list[Level], box: FloatArray) -> ImageArray:
    """Return the picture (16, 16, 3) of the face's box alone, whoever is in it by now."""
    picture = np.empty((SIDE, SIDE, 3), np.uint8)
    _cut(levels, _square(box, 1.0), picture)
    return picture


def correlations(left: ImageArray, right: ImageArray) -> npt.NDArray[np.float64]:
    """Return how alike looks (n, 2, 16, 16, 3) and (m, 2, 16, 16, 3) are: (2, n, m), for faces and surroundings.

    All sums are of whole numbers below 2^24, exact in float32 in any order: a resumed run gets the same bits.
    """
    a, b = _centred(left), _centred(right)
    return np.stack([_correlation(a[row], b[row], count) for row, count in enumerate(VALUES)])


def points_of(detection: Detection) -> FloatArray:
    """Return the five landmarks (5, 2), or where they would be in the box if they were not found."""
    box, points = detection.bbox_xyxy, detection.landmarks
    return points if _are_seen(points, box) else box[:2] + BOX_POINTS * (box[2:] - box[:2])


def _correlation(left: FloatArray, right: FloatArray, count: int) -> npt.NDArray[np.float64]:
    """Return the correlation (n, m) of values (n, d) and (m, d), of which ``count`` are not nothing."""
    (sum_a, spread_a), (sum_b, spread_b) = _moments(left, count), _moments(right, count)
    covariance = (left @ right.T).astype(np.float64) - sum_a[:, None] * sum_b / count
    return np.asarray(covariance / np.maximum(spread_a[:, None] * spread_b, 1e-6))


def _centred(looks: ImageArray) -> FloatArray:
    """Return the values (2, n, d) of looks (n, 2, 16, 16, 3), 0 at the middle level."""
    values = looks.reshape(len(looks), PICTURES, -1).transpose(1, 0, 2).astype(np.float32)
    values -= np.float32(MIDDLE)
    return values


def _moments(values: FloatArray, count: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return sums and spreads (n,) of values (n, d), of which ``count`` are not nothing."""
    sums = values.sum(axis=1).astype(np.float64)
    squares = np.einsum("nd,nd->n", values, values).astype(np.float64)
    return sums, np.sqrt(np.maximum(squares - sums**2 / count, 0))


def _are_seen(points: FloatArray, box: FloatArray) -> bool:
    """Say whether the eyes are far enough apart to turn and scale by."""
    apart = float(np.hypot(*(points[1] - points[0])))
    return apart >= LEAST_EYE_SHARE * float(box[3] - box[1])


def _square(box: FloatArray, factor: float) -> FloatArray:
    """Return the 2x3 matrix that takes the square around ``box``, ``factor`` times as large, to a picture's cells."""
    scale = SIDE / max(factor * float(max(box[2] - box[0], box[3] - box[1])), 1e-3)
    x, y = float(box[0] + box[2]) / 2, float(box[1] + box[3]) / 2
    return np.array([[scale, 0, SIDE / 2 - scale * x], [0, scale, SIDE / 2 - scale * y]], np.float32)


def _cut(levels: list[Level], matrix: FloatArray, picture: ImageArray) -> None:
    """Write into ``picture`` what ``matrix`` takes there, from the smallest level that has all of its detail."""
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    level = next((level for level in reversed(levels) if level.scale * SIDE >= CUT * scale), levels[0])
    onto = matrix * np.float32(CUT / SIDE)
    onto[:, :2] /= np.float32(level.scale)
    flags = cv2.INTER_LINEAR
    cut = cv2.warpAffine(level.image_bgr, onto, (CUT, CUT), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    cv2.resize(cut, (SIDE, SIDE), dst=picture, interpolation=cv2.INTER_AREA)
