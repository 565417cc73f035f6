"""Faces in poor light made readable: an option before any network (paper 001 asks for it, sections 3.3.3 and 4)."""

from __future__ import annotations

import cv2
import numpy as np

from inference.vision.types import FloatArray, ImageArray

CLIP_LIMIT = 2.0
TILES = 4


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
