"""Pixels of aligned colour faces, and the changes that training makes to them: light, colour, sharpness, place."""

from __future__ import annotations

import numpy as np
import torch
from torch import Generator, Tensor

from inference.vision.families.common import centre_crop as plain
from inference.vision.families.common import coarsened, moved, noisy, uniform
from inference.vision.types import ImageArray

__all__ = ["augment", "plain", "prepare"]

GRAY = (0.299, 0.587, 0.114)  # of red, green and blue: ITU-R BT.601, as OpenCV has it


def prepare(images: ImageArray, size_px: int) -> ImageArray:
    """Return RGB (n, 3, h, w) for gray (n, h, w) or BGR (n, h, w, 3) ``images``; a margin around ``size_px`` stays."""
    if images.ndim == 3:
        return np.repeat(images[:, None], 3, axis=1)
    return np.ascontiguousarray(images[..., ::-1].transpose(0, 3, 1, 2))


def augment(faces: Tensor, size_px: int, generator: Generator) -> Tensor:
    """Return changed crops (n, 3, size_px, size_px) of RGB ``faces`` (n, 3, h, w) in 0..1 that have a margin."""
    share = size_px / 64
    crops = moved(faces, size_px, generator, turn_deg=4, scale=(0.95, 1.05), shift_px=2 * share)
    crops = coarsened(crops, generator, from_px=round(44 * share), to_px=round(60 * share))
    return noisy(tinted(crops, generator), generator).clamp(0, 1)


def tinted(faces: Tensor, generator: Generator) -> Tensor:
    """Turn a third of RGB ``faces`` (n, 3, h, w) gray; change the light of all, and each colour's share in it."""
    count = len(faces)
    weights = torch.tensor(GRAY).view(1, 3, 1, 1)
    is_gray = torch.rand((count, 1, 1, 1), generator=generator) < 1 / 3
    faces = torch.where(is_gray, (faces * weights).sum(dim=1, keepdim=True), faces)
    contrast = uniform((count, 1, 1, 1), 0.7, 1.3, generator) * uniform((count, 3, 1, 1), 0.92, 1.08, generator)
    mean = faces.mean(dim=(1, 2, 3), keepdim=True)
    return (faces - mean) * contrast + mean + uniform((count, 1, 1, 1), -0.12, 0.12, generator)
