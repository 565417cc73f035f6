"""Faces in poor light made readable before any network (paper 001 asks for it, sections 3.3.3 and 4).

The pipeline uses ``restored``, which beat the others here in the dark (docs/models/temporal.md).
"""

from __future__ import annotations

import cv2
import numpy as np

from inference.vision.types import FloatArray, ImageArray

CLIP_LIMIT = 2.0
TILES = 4
# Gray levels between the darkest and the lightest hundredth: a face in ordinary light has 140 to 240.
DIM_BELOW, ORDINARY = 64.0, 200.0
MOST_GAIN, MIDDLE = 3.0, 125.0


def min_max(image: ImageArray) -> FloatArray:
    """Return ``image`` in 0..1: paper 001's eq. 3 with its X_min = 0 and X_max = 255, so that dark stays dark."""
    return np.asarray(image.astype(np.float32) / 255, np.float32)


def gamma_corrected(image: ImageArray, gamma: float) -> ImageArray:
    """Return ``image`` (any shape) with each level v, in 0..1, as v ** gamma: below 1 it gets lighter.

    Raises:
        ValueError: gamma is not above 0.
    """
    if gamma <= 0:
        raise ValueError(f"gamma is {gamma}, but must be above 0: take 0.5 to lighten.")
    levels = np.rint(255 * (np.arange(256) / 255) ** gamma).astype(np.uint8)
    return np.asarray(levels[image], np.uint8)


def gamma_for(image: ImageArray, *, target: float = 0.5) -> float:
    """Return the gamma that brings the mean level of ``image`` near ``target`` (0..1): 0.4 to 1, never darker."""
    mean = float(np.clip(image.mean() / 255, 1e-3, 1 - 1e-3))
    return float(np.clip(np.log(target) / np.log(mean), 0.4, 1.0))


def equalised(image: ImageArray, *, clip_limit: float = CLIP_LIMIT, tiles: int = TILES) -> ImageArray:
    """Return gray (h, w) or BGR (h, w, 3) ``image`` with its lightness equalised by tiles (CLAHE, Zuiderveld 1994).

    Colour stays: only L of CIELAB changes. ``clip_limit`` bounds how often a level may count, which bounds noise.
    """
    clahe = cv2.createCLAHE(clip_limit, (tiles, tiles))
    if image.ndim == 2:
        return np.asarray(clahe.apply(image), np.uint8)
    lab = cv2.cvtColor(image, cv2.COLOR_BGR2LAB)
    lab[..., 0] = clahe.apply(np.ascontiguousarray(lab[..., 0]))
    return np.asarray(cv2.cvtColor(lab, cv2.COLOR_LAB2BGR), np.uint8)


def restored(face: ImageArray) -> ImageArray:
    """Return a gray ``face`` (h, w) with ordinary contrast if it is dim or washed out; any other is returned as it is.

    Its levels are spread around the middle, at most three times: more would make noise of the picture into a face.
    """
    levels = np.sort(face[::4, ::4], axis=None)  # every sixteenth pixel tells as much, at a twentieth of the time
    low, high = float(levels[len(levels) // 100]), float(levels[-1 - len(levels) // 100])
    if high - low >= DIM_BELOW:
        return face
    gain = min(MOST_GAIN, ORDINARY / max(high - low, 1.0))
    spread = np.rint((face - (low + high) / 2) * gain + MIDDLE)
    return np.asarray(np.clip(spread, 0, 255), np.uint8)
