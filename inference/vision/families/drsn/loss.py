"""Cross entropy on soft labels plus the class-centre ratio loss of paper 002, eq. 10."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from inference.vision.families.common import soft_cross_entropy


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


class Loss(nn.Module):
    """Soft cross entropy plus ``centre_weight`` (the paper's lambda, which it does not give) times eq. 10."""

    def __init__(self, *, num_classes: int, feature_size: int, centre_weight: float = 0.01) -> None:
        super().__init__()
        self.centres = CentreRatio(num_classes, feature_size)
        self.centre_weight = centre_weight

    def forward(self, features: Tensor, logits: Tensor, labels: Tensor, class_weights: Tensor) -> Tensor:
        """Return the loss of ``features`` (n, d) and ``logits`` (n, C) under soft ``labels`` (n, C)."""
        entropy = soft_cross_entropy(logits, labels, class_weights)
        return entropy + self.centre_weight * self.centres(features, labels)


build_loss = Loss
