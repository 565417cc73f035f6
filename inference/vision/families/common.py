"""What the families share: a classifier's head, cross entropy, augmentation, scaling in and probabilities out."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

import numpy as np
import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

from inference.vision.types import FloatArray, ImageArray
from inference.vision.weights import WeightCard

NOISE = 0.03


def to_gray_input(faces: ImageArray, card: WeightCard) -> FloatArray:
    """Return (n, 1, h, w) float32 for aligned gray ``faces`` (n, h, w) uint8 of the card's input size.

    Raises:
        ValueError: the faces have another size.
    """
    if faces.shape[1:] != card.input_size:
        raise ValueError(f"faces are {faces.shape[1:]}, but {card.name} takes {card.input_size} (height, width)")
    return np.asarray((faces.astype(np.float32) / 255 - card.mean) / card.std, np.float32)[:, None]


def to_probabilities(logits: FloatArray, *, temperature: float) -> FloatArray:
    """Return probabilities (n, classes) that sum to 1; the card's ``temperature`` makes them calibrated."""
    scaled = logits.astype(np.float32) / np.float32(temperature)
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)


def soft_cross_entropy(logits: Tensor, labels: Tensor, class_weights: Tensor) -> Tensor:
    """Return the weighted mean cross entropy of ``logits`` (n, C) against soft ``labels`` (n, C)."""
    weighted = labels * class_weights
    return -(weighted * logits.float().log_softmax(dim=1)).sum() / weighted.sum().clamp(min=1e-6)


class CrossEntropy(nn.Module):
    """The loss of a family whose paper names no other; it reads no features."""

    def __init__(self, *, num_classes: int, feature_size: int) -> None:
        super().__init__()

    def forward(self, features: Tensor, logits: Tensor, labels: Tensor, class_weights: Tensor) -> Tensor:
        """Return the mean loss of ``logits`` (n, C) under soft ``labels`` (n, C) and ``class_weights`` (C,)."""
        return soft_cross_entropy(logits, labels, class_weights)


class Classifier(nn.Module, ABC):
    """A network that ends in dropout and one linear layer; a family brings ``forward_features``."""

    feature_size: int
    dropout: nn.Dropout
    head: nn.Linear

    @abstractmethod
    def forward_features(self, x: Tensor) -> Tensor:
        """Return features (n, feature_size) of normalised pictures ``x`` (n, c, h, w)."""

    def forward_head(self, features: Tensor) -> Tensor:
        """Return logits (n, classes) of ``features`` (n, feature_size)."""
        logits: Tensor = self.head(self.dropout(features))
        return logits

    def forward(self, x: Tensor) -> Tensor:
        """Return logits (n, classes) of what ``forward_features`` takes."""
        return self.forward_head(self.forward_features(x))


def two_convolutions(inputs: int, outputs: int, *, stride: int) -> nn.Sequential:
    """Return two 3x3 convolutions, each with batch norm and ReLU; the first has ``stride``."""
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
        nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False),
        nn.BatchNorm2d(outputs),
        nn.ReLU(inplace=True),
    )


def initialise(module: nn.Module) -> None:
    """Draw a convolution's kernels as He et al. 2015 do; for ``network.apply``."""
    if isinstance(module, nn.Conv2d):
        nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")


def gray_channel(images: ImageArray, size_px: int) -> ImageArray:
    """Return (n, 1, h, w) for gray ``images`` (n, h, w); the margin around ``size_px`` stays."""
    return np.ascontiguousarray(images[:, None])


def centre_crop(faces: Tensor, size_px: int) -> Tensor:
    """Return the middle (n, c, size_px, size_px) of ``faces`` (n, c, h, w)."""
    top, left = (faces.shape[2] - size_px) // 2, (faces.shape[3] - size_px) // 2
    return faces[:, :, top : top + size_px, left : left + size_px]


def moved(
    faces: Tensor,
    size_px: int,
    generator: Generator,
    *,
    turn_deg: float = 10,
    scale: tuple[float, float] = (0.88, 1.12),
    shift_px: float = 3,
) -> Tensor:
    """Flip half, turn, scale and shift ``faces`` (n, c, h, w); return the middle (n, c, size_px, size_px)."""
    count, ratio = len(faces), size_px / faces.shape[3]
    angle = uniform(count, -turn_deg, turn_deg, generator) * math.pi / 180
    zoom = uniform(count, *scale, generator) * ratio
    flip = torch.where(torch.rand(count, generator=generator) < 0.5, -1.0, 1.0)
    shift = uniform((count, 2), -shift_px, shift_px, generator) * 2 / faces.shape[3]
    cos, sin = torch.cos(angle) * zoom, torch.sin(angle) * zoom
    rows = torch.stack([cos * flip, -sin, shift[:, 0], sin * flip, cos, shift[:, 1]], dim=1)
    grid = functional.affine_grid(rows.view(-1, 2, 3), [count, faces.shape[1], size_px, size_px], align_corners=False)
    return functional.grid_sample(faces, grid, mode="bilinear", padding_mode="border", align_corners=False)


def coarsened(faces: Tensor, generator: Generator, *, from_px: int = 18, to_px: int = 40) -> Tensor:
    """Shrink half of the faces to ``from_px`` to ``to_px`` and enlarge them again: far seats, strong compression."""
    size_px = faces.shape[3]
    small_px = int(uniform(1, from_px, to_px, generator))
    small = functional.interpolate(faces, size=(small_px, small_px), mode="area")
    coarse = functional.interpolate(small, size=(size_px, size_px), mode="bilinear", align_corners=False)
    return torch.where(torch.rand((len(faces), 1, 1, 1), generator=generator) < 0.5, coarse, faces)


def relit(faces: Tensor, generator: Generator) -> Tensor:
    """Change contrast, brightness and gamma, and add a slope of light across the face."""
    count, size_px = len(faces), faces.shape[3]
    contrast, brightness, gamma = (
        uniform((count, 1, 1, 1), low, high, generator) for low, high in ((0.6, 1.4), (-0.15, 0.15), (0.7, 1.4))
    )
    slope = uniform((count, 1, 1, 1), -0.15, 0.15, generator) * torch.linspace(-1, 1, size_px)
    mean = faces.mean(dim=(2, 3), keepdim=True)
    return ((faces - mean) * contrast + mean + brightness + slope).clamp(1e-3, 1) ** gamma


def noisy(faces: Tensor, generator: Generator) -> Tensor:
    """Add white noise of a random strength to each face."""
    strength = NOISE * torch.rand((len(faces), 1, 1, 1), generator=generator)
    return faces + torch.randn(faces.shape, generator=generator) * strength


def covered(faces: Tensor, generator: Generator, *, share: float = 0.25, side: float = 0.2) -> Tensor:
    """Paint a gray square of ``side`` of the face over ``share`` of the faces: hands, cups, microphones."""
    count, size_px = len(faces), faces.shape[3]
    centre = torch.rand((count, 2), generator=generator) * size_px
    axis, half = torch.arange(size_px), size_px * side / 2
    row = (axis - centre[:, :1]).abs() < half
    column = (axis - centre[:, 1:]).abs() < half
    chosen = torch.rand((count, 1, 1, 1), generator=generator) < share
    return faces.masked_fill((row[:, None, :, None] & column[:, None, None, :]) & chosen, 0.5)


def uniform(shape: int | tuple[int, ...], low: float, high: float, generator: Generator) -> Tensor:
    """Return numbers of ``shape`` drawn evenly from ``low`` to ``high``."""
    return torch.rand(shape, generator=generator) * (high - low) + low
