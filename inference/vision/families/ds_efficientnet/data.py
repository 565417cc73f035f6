"""Augmentation of faces that fill the picture, as FER2013's and CK+'s do: moved, lit otherwise, partly covered."""

from __future__ import annotations

import numpy as np
from torch import Generator, Tensor

from inference.vision.families.common import centre_crop, covered, moved, relit
from inference.vision.types import ImageArray


def prepare(images: ImageArray, size_px: int) -> ImageArray:
    """Return (n, 1, h, w) for gray ``images`` (n, h, w); the margin around ``size_px`` stays."""
    return np.ascontiguousarray(images[:, None])


def augment(faces: Tensor, size_px: int, generator: Generator) -> Tensor:
    """Return changed crops (n, 1, size_px, size_px) of gray ``faces`` (n, 1, h, w) in 0..1."""
    crops = moved(faces, size_px, generator, shift_px=size_px / 16)
    return covered(relit(crops, generator), generator).clamp(0, 1)


def plain(faces: Tensor, size_px: int) -> Tensor:
    """Return the middle (n, 1, size_px, size_px) of ``faces`` (n, 1, h, w)."""
    return centre_crop(faces, size_px)
