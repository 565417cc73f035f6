"""Augmentation of faces that fill the picture, as FER2013's and CK+'s do: moved, lit otherwise, partly covered."""

from __future__ import annotations

from torch import Generator, Tensor

from inference.vision.families.common import centre_crop as plain
from inference.vision.families.common import covered, moved, relit
from inference.vision.families.common import gray_channel as prepare

__all__ = ["augment", "plain", "prepare"]


def augment(faces: Tensor, size_px: int, generator: Generator) -> Tensor:
    """Return changed crops (n, 1, size_px, size_px) of gray ``faces`` (n, 1, h, w) in 0..1."""
    crops = moved(faces, size_px, generator, shift_px=size_px / 16)
    return covered(relit(crops, generator), generator).clamp(0, 1)
