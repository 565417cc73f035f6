"""Augmentation that imitates the pipeline: faces of 20 to 120 px, gray, badly lit, a little off the template."""

from __future__ import annotations

import math

import torch
from torch import Tensor
from torch.nn import functional

NOISE = 0.03


def augment(faces: Tensor, size_px: int, generator: torch.Generator) -> Tensor:
    """Return changed crops (n, 1, size_px, size_px) of gray ``faces`` (n, 1, h, w) in 0..1 that have a margin."""
    moved = _moved(faces, size_px, generator)
    lit = _relit(_coarsened(moved, generator), generator)
    noise = torch.randn(lit.shape, generator=generator) * NOISE * torch.rand((len(lit), 1, 1, 1), generator=generator)
    return _covered(lit + noise, generator).clamp(0, 1)


def centre_crop(faces: Tensor, size_px: int) -> Tensor:
    """Return the middle (n, 1, size_px, size_px) of ``faces`` (n, 1, h, w)."""
    top, left = (faces.shape[2] - size_px) // 2, (faces.shape[3] - size_px) // 2
    return faces[:, :, top : top + size_px, left : left + size_px]


def _moved(faces: Tensor, size_px: int, generator: torch.Generator) -> Tensor:
    """Flip, turn up to 10 degrees, scale by 0.88 to 1.12 and shift by up to 3 px."""
    count, ratio = len(faces), size_px / faces.shape[3]
    angle = _uniform(count, -10, 10, generator) * math.pi / 180
    scale = _uniform(count, 0.88, 1.12, generator) * ratio
    flip = torch.where(torch.rand(count, generator=generator) < 0.5, -1.0, 1.0)
    shift = _uniform((count, 2), -3, 3, generator) * 2 / faces.shape[3]
    cos, sin = torch.cos(angle) * scale, torch.sin(angle) * scale
    rows = torch.stack([cos * flip, -sin, shift[:, 0], sin * flip, cos, shift[:, 1]], dim=1)
    grid = functional.affine_grid(rows.view(-1, 2, 3), [count, 1, size_px, size_px], align_corners=False)
    return functional.grid_sample(faces, grid, mode="bilinear", padding_mode="border", align_corners=False)


def _coarsened(faces: Tensor, generator: torch.Generator) -> Tensor:
    """Shrink half of the faces to 18 to 40 px and enlarge them again: far seats, strong compression."""
    size_px = faces.shape[3]
    small_px = int(_uniform(1, 18, 40, generator))
    small = functional.interpolate(faces, size=(small_px, small_px), mode="area")
    coarse = functional.interpolate(small, size=(size_px, size_px), mode="bilinear", align_corners=False)
    return torch.where(torch.rand((len(faces), 1, 1, 1), generator=generator) < 0.5, coarse, faces)


def _relit(faces: Tensor, generator: torch.Generator) -> Tensor:
    """Change contrast, brightness and gamma, and add a slope of light across the face."""
    count, size_px = len(faces), faces.shape[3]
    contrast, brightness, gamma = (
        _uniform((count, 1, 1, 1), low, high, generator) for low, high in ((0.6, 1.4), (-0.15, 0.15), (0.7, 1.4))
    )
    slope = _uniform((count, 1, 1, 1), -0.15, 0.15, generator) * torch.linspace(-1, 1, size_px)
    mean = faces.mean(dim=(2, 3), keepdim=True)
    return ((faces - mean) * contrast + mean + brightness + slope).clamp(1e-3, 1) ** gamma


def _covered(faces: Tensor, generator: torch.Generator) -> Tensor:
    """Paint a gray rectangle of a fifth of the side over a quarter of the faces: hands, cups, microphones."""
    count, size_px = len(faces), faces.shape[3]
    centre = torch.rand((count, 2), generator=generator) * size_px
    axis, half = torch.arange(size_px), size_px / 10
    row = (axis - centre[:, :1]).abs() < half
    column = (axis - centre[:, 1:]).abs() < half
    chosen = torch.rand((count, 1, 1, 1), generator=generator) < 0.25
    return faces.masked_fill((row[:, None, :, None] & column[:, None, None, :]) & chosen, 0.5)


def _uniform(shape: int | tuple[int, ...], low: float, high: float, generator: torch.Generator) -> Tensor:
    return torch.rand(shape, generator=generator) * (high - low) + low
