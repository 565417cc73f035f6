"""Focal loss (paper 003, section 2.3; Lin et al. 2017, 10.1109/ICCV.2017.324) for soft labels."""

from __future__ import annotations

from torch import Tensor, nn


class FocalLoss(nn.Module):
    """FL = -alpha * (1 - p)^gamma * ln p, for each class in the share that the soft label gives it.

    The paper gives neither number; gamma 2 and alpha 0.25 are Lin et al.'s. Alpha of one number only scales the loss;
    alpha by inverse class frequency is the profile's ``class_weight_power = 1``, which arrives as ``class_weights``.
    Gamma 0 and alpha 1 are cross entropy. The loss only weighs faces: it does not pull the features of a class
    together, which section 1 of the paper says of it.
    """

    def __init__(self, *, num_classes: int, feature_size: int, gamma: float = 2.0, alpha: float = 0.25) -> None:
        super().__init__()
        self.gamma = gamma
        self.alpha = alpha

    def forward(self, features: Tensor, logits: Tensor, labels: Tensor, class_weights: Tensor) -> Tensor:
        """Return the loss of ``logits`` (n, C) under soft ``labels`` (n, C); ``features`` are not looked at."""
        logarithm = logits.float().log_softmax(dim=1)
        weighted = labels * class_weights
        focused = (1 - logarithm.exp()).clamp(min=1e-7) ** self.gamma * weighted
        return -self.alpha * (focused * logarithm).sum() / weighted.sum().clamp(min=1e-6)


build_loss = FocalLoss
