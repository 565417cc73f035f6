"""Cross entropy on soft labels plus a loss that gathers each class around its centre: the paper's or the plain one."""

from __future__ import annotations

from typing import Literal

import torch
from torch import Tensor, nn

from inference.vision.families.common import soft_cross_entropy

Centre = Literal["ratio", "plain", "none"]


class CentrePlain(nn.Module):
    """Half the mean squared distance of features to their class's centre (Wen et al. 2016): what eq. 10 departs from.

    Centres start Gaussian, as the paper's do, and learn by gradient.
    """

    def __init__(self, num_classes: int, features: int) -> None:
        super().__init__()
        self.centres = nn.Parameter(torch.randn(num_classes, features))

    def forward(self, features: Tensor, labels: Tensor) -> Tensor:
        """Return the loss of ``features`` (n, d) under soft ``labels`` (n, num_classes)."""
        return self.distance(features, labels) / 2

    def distance(self, features: Tensor, labels: Tensor) -> Tensor:
        """Return the mean squared distance of ``features`` to the centres that ``labels`` name."""
        squares = torch.cdist(features.float(), self.centres).square()
        return (labels * squares).sum(dim=1).mean()


class CentreRatio(CentrePlain):
    """Distance of features to their class's centre over the spread of the centres (paper 002, eq. 10).

    Eq. 10 sums over the samples; here it is their mean, so that lambda does not depend on the batch. The spread
    sigma_c^2 is the mean squared distance of the centres from their middle, floored so that it cannot vanish.
    """

    def __init__(self, num_classes: int, features: int, *, floor: float = 1e-2) -> None:
        super().__init__(num_classes, features)
        self.floor = floor

    def forward(self, features: Tensor, labels: Tensor) -> Tensor:
        """Return the loss of ``features`` (n, d) under soft ``labels`` (n, num_classes)."""
        spread = (self.centres - self.centres.mean(dim=0)).square().sum(dim=1).mean()
        return self.distance(features, labels) / spread.clamp(min=self.floor)


CENTRES: dict[Centre, type[CentrePlain]] = {"ratio": CentreRatio, "plain": CentrePlain}


class Loss(nn.Module):
    """Soft cross entropy plus ``centre_weight`` (the paper's lambda, which it does not give) times a centre loss."""

    def __init__(
        self, *, num_classes: int, feature_size: int, centre: Centre = "ratio", centre_weight: float = 0.01
    ) -> None:
        super().__init__()
        self.centres = None if centre == "none" else CENTRES[centre](num_classes, feature_size)
        self.centre_weight = centre_weight

    def forward(self, features: Tensor, logits: Tensor, labels: Tensor, class_weights: Tensor) -> Tensor:
        """Return the loss of ``features`` (n, d) and ``logits`` (n, C) under soft ``labels`` (n, C)."""
        entropy = soft_cross_entropy(logits, labels, class_weights)
        if self.centres is None:
            return entropy
        gathered: Tensor = self.centres(features, labels)
        return entropy + self.centre_weight * gathered


build_loss = Loss
