"""Cross entropy with smoothed labels (paper 000, section 2.2.1)."""

from __future__ import annotations

from torch import Tensor, nn

from inference.vision.families.common import soft_cross_entropy


class SmoothedCrossEntropy(nn.Module):
    """Cross entropy against (1 - s) * label + s / classes; the paper gives no s, 0.1 is that of Szegedy et al. 2016.

    The smoothing belongs to the loss here, so a profile's own ``label_smoothing`` stays 0.
    """

    def __init__(self, *, num_classes: int, feature_size: int, smoothing: float = 0.1) -> None:
        super().__init__()
        self.num_classes = num_classes
        self.smoothing = smoothing

    def forward(self, features: Tensor, logits: Tensor, labels: Tensor, class_weights: Tensor) -> Tensor:
        """Return the loss of ``logits`` (n, C) under soft ``labels`` (n, C); ``features`` are not looked at."""
        smooth = labels * (1 - self.smoothing) + self.smoothing / self.num_classes
        return soft_cross_entropy(logits, smooth, class_weights)


build_loss = SmoothedCrossEntropy
