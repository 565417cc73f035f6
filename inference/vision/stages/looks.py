"""How a face and its surroundings look, in 768 bytes: enough to tell one tile of a gallery from another."""

from __future__ import annotations

import base64
from typing import cast

import cv2
import numpy as np
import numpy.typing as npt

from inference.vision.types import FloatArray, ImageArray

SIDE = 16
FRAME_WIDTH_PX = 480
# Where the unshifted pictures agree this well, no shift is tried.
CERTAIN = 0.85
# Hair, shoulders and background tell people apart at a size where faces do not; more would show the next tile.
SURROUNDINGS_FACTOR = 1.7
# A head moves inside its tile: pictures are compared at all shifts up to this many cells.
MAX_SHIFT = 2
# Mean absolute colour difference (0..255) at which two pictures count as fully unlike.
UNLIKE_DIFFERENCE = 80.0
# Six levels a channel make a palette of 216 colours.
LEVEL_WIDTH = 43


def looks_of(image_bgr: ImageArray, box: FloatArray) -> ImageArray:
    """Return the square around ``box`` (4,) as a small colour picture (16, 16, 3)."""
    height, width = image_bgr.shape[:2]
    half = SURROUNDINGS_FACTOR * float(max(box[2] - box[0], box[3] - box[1])) / 2
    centre_x, centre_y = float(box[0] + box[2]) / 2, float(box[1] + box[3]) / 2
    left, right = (int(np.clip(edge, 0, width)) for edge in (centre_x - half, centre_x + half))
    top, bottom = (int(np.clip(edge, 0, height)) for edge in (centre_y - half, centre_y + half))
    region = image_bgr[top : max(bottom, top + 1), left : max(right, left + 1)]
    return cast("ImageArray", cv2.resize(region, (SIDE, SIDE), interpolation=cv2.INTER_AREA))


def likeness(left: ImageArray, right: ImageArray) -> FloatArray:
    """Return how alike pairs of pictures (n, 16, 16, 3) are, (n,): 1 for equal ones.

    It is the mean of two: the lower of structure (correlation of gray) and colour, at the best shift; and the shared
    part of their palettes, which no shift changes. Either alone takes one person re-lit for another too often.
    """
    a, b = left.astype(np.float32), right.astype(np.float32)
    structure = _at_shift(a, b, 0, 0)
    moved = np.flatnonzero(structure < CERTAIN)
    if len(moved):
        shifted = [_at_shift(a[moved], b[moved], dx, dy) for dx, dy in _SHIFTS]
        structure[moved] = np.max([structure[moved], *shifted], axis=0)
    return np.asarray((structure + _shared_palette(left, right)) / 2, np.float32)


def looks_frame(image_bgr: ImageArray) -> tuple[ImageArray, float]:
    """Return the frame made small enough to cut all looks out of quickly, with the factor that made it so."""
    scale = min(1.0, FRAME_WIDTH_PX / image_bgr.shape[1])
    if scale == 1:
        return image_bgr, scale
    return cast("ImageArray", cv2.resize(image_bgr, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)), scale


def pack_looks(looks: ImageArray) -> str:
    """Return the picture as text."""
    return base64.b64encode(looks.tobytes()).decode("ascii")


def unpack_looks(text: str) -> ImageArray:
    """Return the picture (16, 16, 3) that ``pack_looks`` wrote."""
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(SIDE, SIDE, 3)


def _at_shift(a: FloatArray, b: FloatArray, dx: int, dy: int) -> FloatArray:
    here = slice(max(dy, 0), SIDE + min(dy, 0)), slice(max(dx, 0), SIDE + min(dx, 0))
    there = slice(max(-dy, 0), SIDE + min(-dy, 0)), slice(max(-dx, 0), SIDE + min(-dx, 0))
    a, b = a[:, *here].reshape(len(a), -1), b[:, *there].reshape(len(b), -1)
    structure = _correlation(a.reshape(len(a), -1, 3) @ _GRAY, b.reshape(len(b), -1, 3) @ _GRAY)
    return np.asarray(np.minimum(structure, 1 - np.abs(a - b).mean(axis=1) / np.float32(UNLIKE_DIFFERENCE)), np.float32)


def _shared_palette(left: ImageArray, right: ImageArray) -> FloatArray:
    return np.asarray(np.minimum(_palette(left), _palette(right)).sum(axis=1) / SIDE**2, np.float32)


def _palette(pictures: ImageArray) -> npt.NDArray[np.int64]:
    """Return how many cells of each picture have each of the coarse colours, (n, 216)."""
    levels = (pictures // LEVEL_WIDTH).astype(np.int64).reshape(len(pictures), -1, 3) @ np.array([36, 6, 1])
    offset = np.arange(len(pictures))[:, None] * 216
    return np.bincount((levels + offset).ravel(), minlength=216 * len(pictures)).reshape(len(pictures), 216)


def _correlation(a: FloatArray, b: FloatArray) -> FloatArray:
    a, b = a - a.mean(axis=1, keepdims=True), b - b.mean(axis=1, keepdims=True)
    norm = np.sqrt((a * a).sum(axis=1) * (b * b).sum(axis=1))
    return np.asarray((a * b).sum(axis=1) / np.maximum(norm, 1e-6), np.float32)


_GRAY = np.full(3, 1 / 3, np.float32)
_SHIFTS = [
    (dx, dy)
    for dx in range(-MAX_SHIFT, MAX_SHIFT + 1)
    for dy in range(-MAX_SHIFT, MAX_SHIFT + 1)
    if 0 < abs(dx) + abs(dy) <= MAX_SHIFT
]
