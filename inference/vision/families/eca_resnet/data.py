"""The paper's augmentation (section 3.2): flips, shifts, turns and erasing, with ranges of our choice."""

from __future__ import annotations

import cv2
import numpy as np
from torch import Generator, Tensor

from inference.vision.families.common import centre_crop as plain
from inference.vision.families.common import covered, moved
from inference.vision.types import ImageArray

__all__ = ["augment", "plain", "prepare"]

TURN_DEG, SHIFT_SHARE, ERASED_SHARE = 10.0, 0.1, 0.25  # the paper names the kinds, not the ranges
SCALE = (0.9, 1.1)  # not the paper's: an online face is framed less exactly than a cropped data set


def prepare(images: ImageArray, size_px: int) -> ImageArray:
    """Return gray (n, 1, h, w) of ``images``, gray (n, h, w) or BGR (n, h, w, 3); the margin stays."""
    if images.ndim == 4:
        images = np.stack([cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) for image in images]).astype(np.uint8)
    return np.ascontiguousarray(images[:, None])


def augment(faces: Tensor, size_px: int, generator: Generator) -> Tensor:
    """Return changed crops (n, 1, size_px, size_px) of gray ``faces`` (n, 1, h, w) in 0..1."""
    crops = moved(faces, size_px, generator, turn_deg=TURN_DEG, scale=SCALE, shift_px=SHIFT_SHARE * size_px)
    return covered(crops, generator, share=ERASED_SHARE).clamp(0, 1)
