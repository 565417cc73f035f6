"""ResNet18 for 48x48 gray faces with Mish and efficient channel attention in each block (paper 000, section 2.1).

The attention is that of Wang et al. 2020, 10.1109/CVPR42600.2020.01155. With three classes the network has exactly
11,170,279 parameters, whatever the stem's stride: the 519,233 fewer than in ResNet18 that the paper counts come from
the smaller stem and head; the attention adds 36.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Literal

import torch
from torch import Tensor, nn

from inference.vision.families.common import Classifier, initialise

Attention = Literal["after_norm", "before_norm", "none"]
Activation = Literal["mish", "relu"]
ACTIVATIONS = {"mish": nn.Mish, "relu": nn.ReLU}


def eca_kernel(channels: int, gamma: float = 2, b: float = 1) -> int:
    """Return the odd kernel size nearest below or at (log2(channels) + b) / gamma, an even one raised by one."""
    size = int(abs((math.log2(channels) + b) / gamma))
    return size if size % 2 else size + 1


class Eca(nn.Module):
    """Weigh each channel by what its ``kernel`` neighbours are on average: a 1-d convolution over pooled channels."""

    def __init__(self, kernel: int) -> None:
        super().__init__()
        self.conv = nn.Conv1d(1, 1, kernel, padding=kernel // 2, bias=False)

    def weights(self, x: Tensor) -> Tensor:
        """Return the channels' weights (n, C) in 0..1 for ``x`` (n, C, h, w)."""
        return torch.sigmoid(self.conv(x.mean(dim=(2, 3))[:, None])[:, 0])

    def forward(self, x: Tensor) -> Tensor:
        """Return ``x`` (n, C, h, w) with each channel times its weight."""
        return x * self.weights(x)[:, :, None, None]


class Block(nn.Module):
    """ResNet's basic block; the attention follows the second batch norm, or with ``before_norm`` precedes it.

    The paper says "ECA, followed by batch normalization and Mish", which is ``before_norm``; the authors of the
    attention put it after the norm and before the addition.
    """

    def __init__(
        self, inputs: int, outputs: int, *, stride: int, kernel: int, attention: Attention, activation: Activation
    ) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.eca = nn.Identity() if attention == "none" else Eca(kernel)
        self.is_weighed_first = attention == "before_norm"
        self.project = nn.Identity() if inputs == outputs and stride == 1 else _projection(inputs, outputs, stride)
        self.act = ACTIVATIONS[activation]()

    def forward(self, x: Tensor) -> Tensor:
        """Map (n, inputs, h, w) to (n, outputs, h / stride, w / stride)."""
        branch = self.conv2(self.act(self.norm1(self.conv1(x))))
        branch = self.norm2(self.eca(branch)) if self.is_weighed_first else self.eca(self.norm2(branch))
        out: Tensor = self.act(branch + self.project(x))
        return out


class EcaResnet(Classifier):
    """The network: 5x5 stem, four stages of two blocks, average pooling, dropout, one linear layer.

    ``stem_stride`` 1 without ``max_pool`` leaves 6x6 maps of a 48 px face, as suits the paper's "adjusted
    downsampling"; 2 costs a quarter. ``k_sizes`` are the attention's kernels of the four stages, by default the
    formula's 3, 5, 5, 5. ``attention="none"`` with ``activation="relu"`` is the baseline of the paper's Table 1.
    """

    def __init__(
        self,
        *,
        num_classes: int = 3,
        stem_stride: int = 1,
        max_pool: bool = False,
        widths: Sequence[int] = (64, 128, 256, 512),
        k_sizes: Sequence[int] | None = None,
        attention: Attention = "after_norm",
        activation: Activation = "mish",
        dropout: float = 0.5,
    ) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(1, widths[0], 5, stem_stride, 2, bias=False),
            nn.BatchNorm2d(widths[0]),
            ACTIVATIONS[activation](),
            nn.MaxPool2d(3, 2, 1) if max_pool else nn.Identity(),
        )
        kernels = k_sizes or [eca_kernel(width) for width in widths]
        self.stages = nn.Sequential(*_blocks(widths, kernels, attention, activation))
        self.dropout = nn.Dropout(dropout)
        self.feature_size = widths[-1]
        self.head = nn.Linear(self.feature_size, num_classes)
        self.apply(initialise)

    def forward_features(self, x: Tensor) -> Tensor:
        """Return pooled features (n, widths[-1]) of normalised gray faces ``x`` (n, 1, h, w)."""
        pooled: Tensor = self.stages(self.stem(x)).mean(dim=(2, 3))
        return pooled


def _blocks(widths: Sequence[int], kernels: Sequence[int], attention: Attention, activation: Activation) -> list[Block]:
    blocks, inputs = [], widths[0]
    for stage, (outputs, kernel) in enumerate(zip(widths, kernels, strict=True)):
        for stride in (1 if stage == 0 else 2, 1):
            block = Block(inputs, outputs, stride=stride, kernel=kernel, attention=attention, activation=activation)
            blocks.append(block)
            inputs = outputs
    return blocks


def _projection(inputs: int, outputs: int, stride: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
