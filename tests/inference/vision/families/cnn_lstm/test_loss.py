"""The focal loss against plain loops; cross entropy is its special case."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor
from torch.nn import functional

from inference.vision.families.cnn_lstm.loss import build_loss
from inference.vision.families.common import soft_cross_entropy

CLASSES = 7


def batch() -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(3)
    logits = torch.randn(5, CLASSES, generator=generator) * 3
    return logits, torch.rand(5, CLASSES, generator=generator).softmax(dim=1)


def focal(logits: Tensor, labels: Tensor, weights: Tensor, **options: float) -> Tensor:
    loss = build_loss(num_classes=CLASSES, feature_size=4, **options)
    value: Tensor = loss(torch.zeros(len(logits), 4), logits, labels, weights)
    return value


def focal_by_loops(logits: Tensor, labels: Tensor, weights: Tensor, gamma: float, alpha: float) -> float:
    total = scale = 0.0
    for row, label in zip(logits.tolist(), labels.tolist(), strict=True):
        powers = [math.exp(value) for value in row]
        for power, share, weight in zip(powers, label, weights.tolist(), strict=True):
            p = power / sum(powers)
            total += -alpha * (1 - p) ** gamma * math.log(p) * share * weight
            scale += share * weight
    return total / scale


@pytest.mark.parametrize(("gamma", "alpha"), [(2.0, 0.25), (0.5, 1.0), (5.0, 0.75)])
def test_focal_loss_equals_the_plain_loop(gamma: float, alpha: float) -> None:
    logits, labels = batch()
    weights = torch.linspace(0.5, 2, CLASSES)
    expected = focal_by_loops(logits, labels, weights, gamma, alpha)
    assert float(focal(logits, labels, weights, gamma=gamma, alpha=alpha)) == pytest.approx(expected, rel=1e-5)


def test_gamma_zero_and_alpha_one_are_cross_entropy() -> None:
    logits, labels = batch()
    hard = labels.argmax(dim=1)
    value = focal(logits, functional.one_hot(hard, CLASSES).float(), torch.ones(CLASSES), gamma=0, alpha=1)
    torch.testing.assert_close(value, functional.cross_entropy(logits, hard))
    weights = torch.linspace(0.5, 2, CLASSES)
    soft = focal(logits, labels, weights, gamma=0, alpha=1)
    torch.testing.assert_close(soft, soft_cross_entropy(logits, labels, weights))


def test_easy_faces_count_less_than_in_cross_entropy() -> None:
    logits = torch.tensor([[4.0, 0.0], [0.5, 0.0]])
    labels, ones = torch.tensor([[1.0, 0.0], [1.0, 0.0]]), torch.ones(2)
    easy, hard = (float(focal(logits[i : i + 1], labels[i : i + 1], ones, alpha=1)) for i in (0, 1))
    entropy = functional.cross_entropy(logits, torch.zeros(2, dtype=torch.int64), reduction="none")
    assert easy / hard < float(entropy[0] / entropy[1]) / 10


def test_a_certain_answer_has_a_finite_gradient() -> None:
    logits = torch.tensor([[200.0, 0.0], [0.0, 200.0]], requires_grad=True)
    focal(logits, torch.tensor([[1.0, 0.0], [1.0, 0.0]]), torch.ones(2), gamma=0.5).backward()
    assert logits.grad is not None
    assert torch.isfinite(logits.grad).all()
