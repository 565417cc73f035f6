"""Cross entropy on soft labels."""

from __future__ import annotations

from torch import Tensor, nn

from inference.vision.families.common import soft_cross_entropy


class CrossEntropy(nn.Module):
    """Weighted cross entropy of logits against soft labels."""

    def forward(self, features: Tensor, logits: Tensor, labels: Tensor, class_weights: Tensor) -> Tensor:
        """Return the mean loss of ``logits`` (n, C) under ``labels`` (n, C) and ``class_weights`` (C,)."""
        return soft_cross_entropy(logits, labels, class_weights)


def build_loss(*, num_classes: int, feature_size: int) -> nn.Module:
    """Return the family's loss."""
    return CrossEntropy()
