from __future__ import annotations

import math

import pytest
import torch

from inference.vision.families.ds_efficientnet.loss import build_loss


def slow_entropy(logits: list[list[float]], labels: list[list[float]], weights: list[float]) -> float:
    """Cross entropy face by face and class by class, over the sum of the weights that took part."""
    total, mass = 0.0, 0.0
    for row, label in zip(logits, labels, strict=True):
        log_sum = math.log(sum(math.exp(value) for value in row))
        for value, share, weight in zip(row, label, weights, strict=True):
            total -= weight * share * (value - log_sum)
            mass += weight * share
    return total / mass


def test_loss_matches_a_plain_loop() -> None:
    logits, labels = torch.randn(5, 7), torch.softmax(torch.randn(5, 7), dim=1)
    weights = torch.rand(7) + 0.5
    loss = build_loss(num_classes=7, feature_size=4)(torch.zeros(5, 4), logits, labels, weights)
    assert float(loss) == pytest.approx(slow_entropy(logits.tolist(), labels.tolist(), weights.tolist()), rel=1e-5)


def test_certain_and_right_costs_nothing() -> None:
    labels = torch.eye(3)
    loss = build_loss(num_classes=3, feature_size=4)(torch.zeros(3, 4), labels * 100, labels, torch.ones(3))
    assert float(loss) == pytest.approx(0, abs=1e-6)
