"""Cross entropy on soft labels plus the class-centre ratio loss of paper 002, eq. 10."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional


class CentreRatio(nn.Module):
    """Distance of features to their class's centre over the spread of the centres; centres start Gaussian.

    Eq. 10 sums over the samples; here it is their mean, so that lambda does not depend on the batch. The spread
    sigma_c^2 is the mean squared distance of the centres from their middle, floored so that it cannot vanish.
    """

    def __init__(self, num_classes: int, features: int, *, floor: float = 1e-2) -> None:
        super().__init__()
        self.centres = nn.Parameter(torch.randn(num_classes, features))
        self.floor = floor

    def forward(self, features: Tensor, labels: Tensor) -> Tensor:
        """Return the loss of ``features`` (n, d) under soft ``labels`` (n, num_classes)."""
        distances = torch.cdist(features.float(), self.centres).square()
        spread = (self.centres - self.centres.mean(dim=0)).square().sum(dim=1).mean()
        return (labels * distances).sum(dim=1).mean() / spread.clamp(min=self.floor)


def soft_cross_entropy(logits: Tensor, labels: Tensor, class_weights: Tensor) -> Tensor:
    """Return the weighted mean cross entropy of ``logits`` (n, C) against soft ``labels`` (n, C)."""
    weighted = labels * class_weights
    return -(weighted * functional.log_softmax(logits.float(), dim=1)).sum() / weighted.sum().clamp(min=1e-6)
