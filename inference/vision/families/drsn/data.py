"""Augmentation that imitates the pipeline: faces of 20 to 120 px, gray, badly lit, a little off the template."""

from __future__ import annotations

from torch import Generator, Tensor

from inference.vision.families.common import centre_crop as plain
from inference.vision.families.common import coarsened, covered, moved, noisy, relit
from inference.vision.families.common import gray_channel as prepare

__all__ = ["augment", "plain", "prepare"]


def augment(faces: Tensor, size_px: int, generator: Generator) -> Tensor:
    """Return changed crops (n, 1, size_px, size_px) of gray ``faces`` (n, 1, h, w) in 0..1 that have a margin."""
    share = size_px / 48
    crops = moved(faces, size_px, generator, shift_px=3 * share)
    lit = relit(coarsened(crops, generator), generator)
    return covered(noisy(lit, generator), generator).clamp(0, 1)
