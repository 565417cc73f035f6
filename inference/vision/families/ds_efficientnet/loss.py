"""Cross entropy on soft labels: paper 004 names no other loss."""

from __future__ import annotations

from torch import Tensor, nn

from inference.vision.families.common import soft_cross_entropy


class Loss(nn.Module):
    """The weighted mean cross entropy; it reads no features."""

    def __init__(self, *, num_classes: int, feature_size: int) -> None:
        super().__init__()

    def forward(self, features: Tensor, logits: Tensor, labels: Tensor, class_weights: Tensor) -> Tensor:
        """Return the loss of ``logits`` (n, C) under soft ``labels`` (n, C)."""
        return soft_cross_entropy(logits, labels, class_weights)


build_loss = Loss
