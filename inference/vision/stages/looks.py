"""How a face and its surroundings look, in 768 bytes: enough to tell one tile of a gallery from another."""

from __future__ import annotations

import base64
from typing import cast

import cv2
import numpy as np

from inference.vision.types import FloatArray, ImageArray

SIDE = 16
LOOKS_SHAPE = (SIDE, SIDE, 3)
# Hair, shoulders and background tell people apart at a size where faces do not.
SURROUNDINGS_FACTOR = 2.2
# A head moves inside its tile: pictures are compared at all shifts up to this many cells.
MAX_SHIFT = 2
# Mean absolute colour difference (0..255) at which two pictures count as fully unlike.
UNLIKE_DIFFERENCE = 80.0


def looks_of(image_bgr: ImageArray, box: FloatArray) -> ImageArray:
    """Return the square around ``box`` (4,) as a small colour picture (16, 16, 3)."""
    height, width = image_bgr.shape[:2]
    half = SURROUNDINGS_FACTOR * float(max(box[2] - box[0], box[3] - box[1])) / 2
    centre_x, centre_y = float(box[0] + box[2]) / 2, float(box[1] + box[3]) / 2
    left, right = (int(np.clip(edge, 0, width)) for edge in (centre_x - half, centre_x + half))
    top, bottom = (int(np.clip(edge, 0, height)) for edge in (centre_y - half, centre_y + half))
    region = image_bgr[top : max(bottom, top + 1), left : max(right, left + 1)]
    return cast("ImageArray", cv2.resize(region, (SIDE, SIDE), interpolation=cv2.INTER_AREA))


def likeness(left: ImageArray, right: ImageArray) -> float:
    """Return how alike two pictures are, 1 for equal ones: the lower of structure and colour, at the best shift."""
    return max(_likeness_at(left, right, dx, dy) for dx, dy in _SHIFTS)


def pack_looks(looks: ImageArray) -> str:
    """Return the picture as text."""
    return base64.b64encode(looks.tobytes()).decode("ascii")


def unpack_looks(text: str) -> ImageArray:
    """Return the flat values of a picture that ``pack_looks`` wrote."""
    return np.frombuffer(base64.b64decode(text), np.uint8)


def _likeness_at(left: ImageArray, right: ImageArray, dx: int, dy: int) -> float:
    a = left[max(dy, 0) : SIDE + min(dy, 0), max(dx, 0) : SIDE + min(dx, 0)].astype(np.float32)
    b = right[max(-dy, 0) : SIDE + min(-dy, 0), max(-dx, 0) : SIDE + min(-dx, 0)].astype(np.float32)
    colour = 1 - float(np.abs(a - b).mean()) / UNLIKE_DIFFERENCE
    return min(_correlation(a.mean(axis=2), b.mean(axis=2)), colour)


def _correlation(a: FloatArray, b: FloatArray) -> float:
    a, b = a - a.mean(), b - b.mean()
    norm = float(np.sqrt((a * a).sum() * (b * b).sum()))
    return float((a * b).sum()) / norm if norm > 1e-6 else 0.0


_SHIFTS = [(dx, dy) for dx in range(-MAX_SHIFT, MAX_SHIFT + 1) for dy in range(-MAX_SHIFT, MAX_SHIFT + 1)]
