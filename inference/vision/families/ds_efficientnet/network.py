"""DS-EfficientNet (paper 004, section 2): deep and shallow features side by side, one classifier over both.

The deep branch is EfficientNet (Tan and Le 2019, Table 1), the shallow one three plain convolutions with squeeze and
excitation. The paper's Table 3 adds the parts one by one: ``multi_scale``, ``attention`` and ``head`` switch them.
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.vision.families.common import initialise

Deep = Literal["b0", "fused"]
Head = Literal["fc", "gap_bn"]
Kind = Literal["plain", "depthwise"]


class Stage(NamedTuple):
    """A row of EfficientNet's table; a ``plain`` kernel widens and filters at once, in place of two convolutions."""

    kind: Kind
    expansion: int
    channels: int
    blocks: int
    kernel: int
    stride: int


STEM_WIDTHS: dict[Deep, int] = {"b0": 32, "fused": 24}
STAGES: dict[Deep, tuple[Stage, ...]] = {
    # B0 up to the second of the four blocks of its sixth stage: as many weights as the paper counts for its B0.
    "b0": (
        Stage("depthwise", 1, 16, 1, 3, 1),
        Stage("depthwise", 6, 24, 2, 3, 2),
        Stage("depthwise", 6, 40, 2, 5, 2),
        Stage("depthwise", 6, 80, 3, 3, 2),
        Stage("depthwise", 6, 112, 3, 5, 1),
        Stage("depthwise", 6, 192, 2, 5, 2),
    ),
    # For 48 px and for processors, on which depthwise kernels are slow: plain ones first, as in EfficientNetV2.
    "fused": (
        Stage("plain", 1, 48, 2, 3, 2),
        Stage("plain", 1, 128, 3, 3, 2),
        Stage("depthwise", 4, 208, 2, 3, 2),
    ),
}
SHALLOW_WIDTHS = (16, 32, 48)
GRID = 3  # side of the maps that both branches are brought to: what 48 px become after the deep branch
FC_WIDTH = 128


class SqueezeExcite(nn.Module):
    """Each channel times a weight in 0..1 that follows from the means of all channels (Hu et al. 2018)."""

    def __init__(self, channels: int, hidden: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(channels, hidden, 1)
        self.excite = nn.Conv2d(hidden, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Return ``x`` (n, channels, h, w), weighted."""
        level = x.mean(dim=(2, 3), keepdim=True)
        return x * torch.sigmoid(self.excite(functional.silu(self.squeeze(level))))


class MbConv(nn.Module):
    """Inverted bottleneck: widen, filter by a depthwise kernel and SE (or by one plain kernel), narrow, add."""

    def __init__(self, inputs: int, stage: Stage, *, stride: int) -> None:
        super().__init__()
        hidden = inputs * stage.expansion
        is_plain = stage.kind == "plain"
        filtered = _plain if is_plain else _depthwise
        narrow = [] if is_plain and hidden == stage.channels else _conv(hidden, stage.channels, 1)
        self.branch = nn.Sequential(*filtered(inputs, hidden, stage.kernel, stride), *narrow)
        self.is_added = stride == 1 and inputs == stage.channels

    def forward(self, x: Tensor) -> Tensor:
        """Map (n, inputs, h, w) to (n, channels, h / stride, w / stride)."""
        branch: Tensor = self.branch(x)
        return x + branch if self.is_added else branch


class DsEfficientNet(nn.Module):
    """The network: a deep and a shallow branch, joined channel by channel, and a classifier.

    ``multi_scale`` adds the shallow branch, ``attention`` its SE. ``head`` is a fully connected layer over the
    flattened maps (``fc``), or the paper's global average pooling with batch norm in its place (``gap_bn``).
    """

    def __init__(
        self,
        *,
        num_classes: int = 7,
        in_channels: int = 1,
        deep: Deep = "fused",
        multi_scale: bool = True,
        attention: bool = True,
        head: Head = "gap_bn",
        dropout: float = 0.2,
    ) -> None:
        super().__init__()
        self.deep = _deep_branch(in_channels, deep)
        self.shallow = _shallow_branch(in_channels, attention=attention) if multi_scale else None
        channels = STAGES[deep][-1].channels + (SHALLOW_WIDTHS[-1] if multi_scale else 0)
        self.join = _gap_bn(channels) if head == "gap_bn" else _fully_connected(channels)
        self.feature_size = channels if head == "gap_bn" else FC_WIDTH
        self.classify = nn.Sequential(nn.Dropout(dropout), nn.Linear(self.feature_size, num_classes))
        self.apply(initialise)

    def forward_features(self, x: Tensor) -> Tensor:
        """Return features (n, feature_size) of normalised faces ``x`` (n, in_channels, h, w)."""
        maps = functional.adaptive_avg_pool2d(self.deep(x), GRID)
        if self.shallow is not None:
            maps = torch.cat([maps, functional.adaptive_avg_pool2d(self.shallow(x), GRID)], dim=1)
        features: Tensor = self.join(maps)
        return features

    def forward_head(self, features: Tensor) -> Tensor:
        """Return logits (n, num_classes) of ``features``."""
        logits: Tensor = self.classify(features)
        return logits

    def forward(self, x: Tensor) -> Tensor:
        """Return logits (n, num_classes) of normalised faces ``x`` (n, in_channels, h, w)."""
        return self.forward_head(self.forward_features(x))


def _deep_branch(inputs: int, kind: Deep) -> nn.Sequential:
    layers: list[nn.Module] = [*_conv(inputs, STEM_WIDTHS[kind], 3, 2), nn.SiLU(inplace=True)]
    channels = STEM_WIDTHS[kind]
    for stage in STAGES[kind]:
        for block in range(stage.blocks):
            layers.append(MbConv(channels, stage, stride=stage.stride if block == 0 else 1))
            channels = stage.channels
    return nn.Sequential(*layers)


def _shallow_branch(inputs: int, *, attention: bool) -> nn.Sequential:
    """Return three convolutions that see 15 px each way: the texture of skin, brows and wrinkles."""
    layers: list[nn.Module] = []
    for outputs, stride in zip(SHALLOW_WIDTHS, (2, 2, 1), strict=True):
        layers += _plain(inputs, outputs, 3, stride)
        inputs = outputs
    return nn.Sequential(*layers, *([SqueezeExcite(inputs, inputs // 4)] if attention else []))


def _gap_bn(channels: int) -> nn.Sequential:
    return nn.Sequential(nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.BatchNorm1d(channels))


def _fully_connected(channels: int) -> nn.Sequential:
    return nn.Sequential(nn.Flatten(), nn.Linear(channels * GRID**2, FC_WIDTH), nn.SiLU(inplace=True))


def _conv(inputs: int, outputs: int, kernel: int, stride: int = 1, *, groups: int = 1) -> list[nn.Module]:
    convolution = nn.Conv2d(inputs, outputs, kernel, stride, kernel // 2, groups=groups, bias=False)
    return [convolution, nn.BatchNorm2d(outputs)]


def _plain(inputs: int, hidden: int, kernel: int, stride: int) -> list[nn.Module]:
    return [*_conv(inputs, hidden, kernel, stride), nn.SiLU(inplace=True)]


def _depthwise(inputs: int, hidden: int, kernel: int, stride: int) -> list[nn.Module]:
    widen = [] if hidden == inputs else _plain(inputs, hidden, 1, 1)
    kernels = [*_conv(hidden, hidden, kernel, stride, groups=hidden), nn.SiLU(inplace=True)]
    return [*widen, *kernels, SqueezeExcite(hidden, max(inputs // 4, 1))]
