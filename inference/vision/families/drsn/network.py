"""ResNet18 (paper 002, Table 4) with a soft threshold at the end of each residual branch (paper 002, section 5).

The original shrinkage block is Zhao et al. 2020, 10.1109/TII.2019.2943898; its authors' recommended code narrows
the sub-network to C/4, which ``reduction`` chooses here.
"""

from __future__ import annotations

from typing import Literal, Self

import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.vision.families.common import Classifier, initialise

Shrinkage = Literal["channel", "shared", "se", "none"]


def soft_threshold(x: Tensor, threshold: Tensor) -> Tensor:
    """Pull ``x`` towards zero by ``threshold`` >= 0, to zero inside it; shapes broadcast."""
    return torch.sign(x) * functional.relu(torch.abs(x) - threshold)


class Shrink(nn.Module):
    """Soft threshold tau = alpha * A, with A the mean of \\|x\\| and alpha in 0..1 learned from A."""

    def __init__(self, channels: int, *, shared: bool = False, reduction: int = 4) -> None:
        super().__init__()
        hidden = max(channels // reduction, 1)
        self.shared = shared
        self.squeeze = nn.Linear(channels, hidden, bias=False)
        self.norm = nn.BatchNorm1d(hidden)
        self.excite = nn.Linear(hidden, 1 if shared else channels)

    def threshold(self, x: Tensor) -> Tensor:
        """Return tau for ``x`` (n, C, h, w): (n, C), or (n, 1) when all channels share one."""
        level = x.abs().mean(dim=(2, 3))
        alpha = torch.sigmoid(self.excite(functional.relu(self.norm(self.squeeze(level)))))
        return alpha * (level.mean(dim=1, keepdim=True) if self.shared else level)

    def forward(self, x: Tensor) -> Tensor:
        """Return ``x`` (n, C, h, w) with each value shrunk by its threshold."""
        return soft_threshold(x, self.threshold(x)[:, :, None, None])


class SqueezeExcite(nn.Module):
    """Channels scaled by 0..1, learned from their means: the paper's ResNet_SENet (Figure 7)."""

    def __init__(self, channels: int, *, reduction: int = 4) -> None:
        super().__init__()
        hidden = max(channels // reduction, 1)
        self.squeeze, self.excite = nn.Linear(channels, hidden), nn.Linear(hidden, channels)

    def forward(self, x: Tensor) -> Tensor:
        """Return ``x`` (n, C, h, w) with each channel scaled."""
        scale = torch.sigmoid(self.excite(functional.relu(self.squeeze(x.mean(dim=(2, 3))))))
        return x * scale[:, :, None, None]


class Block(nn.Module):
    """ResNet's basic block; the branch is shrunk before the addition."""

    def __init__(self, inputs: int, outputs: int, *, stride: int, shrinkage: Shrinkage, reduction: int) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.norm1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(outputs)
        self.shrink = _shrink(outputs, shrinkage, reduction)
        self.project = nn.Identity() if inputs == outputs and stride == 1 else _projection(inputs, outputs, stride)

    def forward(self, x: Tensor) -> Tensor:
        """Map (n, inputs, h, w) to (n, outputs, h / stride, w / stride)."""
        branch = functional.relu(self.norm1(self.conv1(x)))
        branch = self.shrink(self.norm2(self.conv2(branch)))
        return functional.relu(branch + self.project(x))


class Drsn(Classifier):
    """The network: stem, four stages of two blocks, average pooling, one linear layer.

    The paper copies gray into three channels. A convolution over three equal channels is a convolution over one with
    the kernels summed, so ``in_channels`` is 1 here; 3 remains possible. ``max_pool`` is the paper's at 224 px; the
    shipped network has 48 px input and leaves it out. ``is_frozen`` is for weights that came with ``--init``: only the
    shrinking sub-networks and the head learn, batch norm keeps its averages (the paper freezes all but the head).
    """

    def __init__(
        self,
        *,
        num_classes: int = 6,
        in_channels: int = 1,
        stem_kernel: int = 3,
        stem_stride: int = 2,
        max_pool: bool = False,
        widths: tuple[int, ...] = (64, 128, 256, 512),
        shrinkage: Shrinkage = "channel",
        reduction: int = 4,
        dropout: float = 0.0,
        is_frozen: bool = False,
    ) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(in_channels, widths[0], stem_kernel, stem_stride, (stem_kernel - 1) // 2, bias=False),
            nn.BatchNorm2d(widths[0]),
            nn.ReLU(inplace=True),
            nn.MaxPool2d(3, 2, 1) if max_pool else nn.Identity(),
        )
        self.stages = nn.Sequential(*_blocks(tuple(widths), shrinkage, reduction))
        self.dropout = nn.Dropout(dropout)
        self.feature_size = widths[-1]
        self.head = nn.Linear(self.feature_size, num_classes)
        self.apply(initialise)
        self.is_frozen = is_frozen
        for part in self._frozen():
            part.requires_grad_(requires_grad=False)

    def forward_features(self, x: Tensor) -> Tensor:
        """Return pooled features (n, widths[-1]) of normalised faces ``x`` (n, in_channels, h, w)."""
        pooled: Tensor = self.stages(self.stem(x)).mean(dim=(2, 3))
        return pooled

    def train(self, mode: bool = True) -> Self:  # noqa: FBT001, FBT002 - the signature of nn.Module
        """Set training mode; what is frozen stays in evaluation mode."""
        super().train(mode)
        for part in self._frozen():
            part.eval()
        return self

    def _frozen(self) -> list[nn.Module]:
        if not self.is_frozen:
            return []
        parts = [part for block in self.stages for name, part in block.named_children() if name != "shrink"]
        return [self.stem, *parts]


def _blocks(widths: tuple[int, ...], shrinkage: Shrinkage, reduction: int) -> list[Block]:
    blocks, inputs = [], widths[0]
    for stage, outputs in enumerate(widths):
        for stride in (1 if stage == 0 else 2, 1):
            blocks.append(Block(inputs, outputs, stride=stride, shrinkage=shrinkage, reduction=reduction))
            inputs = outputs
    return blocks


def _shrink(channels: int, shrinkage: Shrinkage, reduction: int) -> nn.Module:
    if shrinkage == "none":
        return nn.Identity()
    if shrinkage == "se":
        return SqueezeExcite(channels, reduction=reduction)
    return Shrink(channels, shared=shrinkage == "shared", reduction=reduction)


def _projection(inputs: int, outputs: int, stride: int) -> nn.Sequential:
    return nn.Sequential(nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs))
