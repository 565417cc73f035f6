"""A face detector without anchors (as CenterNet, Zhou et al. 2019, arXiv 1904.07850), made for galleries of meetings.

Plain convolutions to an eighth of the frame's side; what a sixteenth sees is added; every cell then says whether a
face's middle lies in it, and that face's box and five points.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn
from torch.nn import functional

STRIDE_PX = 8
OUTPUTS = 15
"""Channels a cell: the score's logit, the middle's x and y, log width and height, and x, y of five points."""
PRIOR = 0.01  # of a cell to be a face's middle, as focal loss wants it at the start


class FaceDetectorNetwork(nn.Module):
    """Maps pictures (n, 3, h, w), BGR 0..255, h and w multiples of 16, to cells (n, 15, h / 8, w / 8)."""

    def __init__(self, *, widths: Sequence[int] = (16, 32, 48, 64), depths: Sequence[int] = (3, 3)) -> None:
        super().__init__()
        half, quarter, eighth, sixteenth = widths
        self.stem = nn.Sequential(_convolution(3, half, stride=2), _convolution(half, quarter, stride=2))
        self.fine = _stage(quarter, eighth, depths[0])
        self.coarse = _stage(eighth, sixteenth, depths[1])
        self.lateral = nn.Conv2d(sixteenth, eighth, 1)
        last = nn.Conv2d(eighth, OUTPUTS, 1)
        nn.init.zeros_(last.weight[:1])
        last.bias = nn.Parameter(torch.zeros(OUTPUTS).index_fill(0, torch.tensor([0]), -math.log(1 / PRIOR - 1)))
        self.head = nn.Sequential(_convolution(eighth, eighth), last)

    def forward(self, pixels: Tensor) -> Tensor:
        """Return the cells; the square root of light gives dark faces as many levels as bright ones."""
        fine = self.fine(self.stem((pixels / 255).sqrt() * 4 - 2))
        wide = functional.interpolate(self.lateral(self.coarse(fine)), scale_factor=2.0, mode="nearest")
        cells: Tensor = self.head(fine + wide)
        return cells


def _stage(inputs: int, outputs: int, depth: int) -> nn.Sequential:
    return nn.Sequential(
        _convolution(inputs, outputs, stride=2), *(_convolution(outputs, outputs) for _ in range(depth))
    )


def _convolution(inputs: int, outputs: int, *, stride: int = 1) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU(inplace=True)
    )
