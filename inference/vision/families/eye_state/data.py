"""Augmentation that imitates eyes in a gallery frame: 6 to 40 px wide, blurred, badly lit, a little off the middle."""

from __future__ import annotations

import cv2
import numpy as np
from torch import Generator, Tensor

from inference.vision.families.common import centre_crop as plain
from inference.vision.families.common import coarsened, covered, moved, noisy, relit
from inference.vision.types import ImageArray

__all__ = ["augment", "plain", "prepare"]

SMALLEST_PX, LARGEST_PX = 8, 24


def prepare(images: ImageArray, size_px: int) -> ImageArray:
    """Return (n, 1, size_px, size_px) for gray square eye crops ``images`` (n, h, w)."""
    small = [cv2.resize(image, (size_px, size_px), interpolation=cv2.INTER_AREA) for image in images]
    return np.ascontiguousarray(np.stack(small)[:, None], np.uint8)


def augment(eyes: Tensor, size_px: int, generator: Generator) -> Tensor:
    """Return changed crops (n, 1, size_px, size_px) of gray ``eyes`` (n, 1, h, w) in 0..1."""
    crops = moved(eyes, size_px, generator, turn_deg=20, scale=(0.75, 1.2), shift_px=size_px / 8)
    for _ in range(2):  # three quarters of all are small, to two different sides
        crops = coarsened(crops, generator, from_px=SMALLEST_PX, to_px=LARGEST_PX)
    return covered(noisy(relit(crops, generator), generator), generator, share=0.1, side=0.25).clamp(0, 1)
