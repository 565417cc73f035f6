"""Augmentation that imitates faces of a gallery frame: 16 to 80 px, badly lit, a little off the template."""

from __future__ import annotations

from torch import Generator, Tensor

from inference.vision.families.common import centre_crop as plain
from inference.vision.families.common import coarsened, covered, moved, noisy, relit
from inference.vision.families.common import gray_channel as prepare

__all__ = ["augment", "plain", "prepare"]

SMALLEST_PX, LARGEST_PX = 14, 36


def augment(faces: Tensor, size_px: int, generator: Generator) -> Tensor:
    """Return changed crops (n, 1, size_px, size_px) of gray ``faces`` (n, 1, h, w) in 0..1 that have a margin."""
    crops = moved(faces, size_px, generator, turn_deg=15, scale=(0.85, 1.15), shift_px=size_px / 12)
    coarse = coarsened(crops, generator, from_px=SMALLEST_PX, to_px=LARGEST_PX)
    return covered(noisy(relit(coarse, generator), generator), generator).clamp(0, 1)
