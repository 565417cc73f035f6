from __future__ import annotations

import math

import pytest
import torch

from inference.vision.families.eca_resnet.loss import build_loss


def slow_smoothed(logits: list[list[float]], labels: list[list[float]], smoothing: float) -> float:
    """Each label gives up ``smoothing``, spread evenly over the classes; then the usual cross entropy."""
    total = 0.0
    for row, label in zip(logits, labels, strict=True):
        norm = math.log(sum(math.exp(value) for value in row))
        for value, share in zip(row, label, strict=True):
            total -= ((1 - smoothing) * share + smoothing / len(row)) * (value - norm)
    return total / len(logits)


def test_smoothed_cross_entropy_matches_a_plain_loop() -> None:
    torch.manual_seed(1)
    logits, labels = torch.randn(6, 3), torch.softmax(torch.randn(6, 3), dim=1)
    loss = build_loss(num_classes=3, feature_size=4, smoothing=0.1)
    value = float(loss(torch.zeros(6, 4), logits, labels, torch.ones(3)))
    assert value == pytest.approx(slow_smoothed(logits.tolist(), labels.tolist(), 0.1), rel=1e-5)


def test_it_is_the_libraries_label_smoothing_for_hard_labels() -> None:
    torch.manual_seed(2)
    logits, truth = torch.randn(5, 3), torch.tensor([0, 1, 2, 0, 1])
    loss = build_loss(num_classes=3, feature_size=4)
    value = loss(torch.zeros(5, 4), logits, torch.eye(3)[truth], torch.ones(3))
    torch.testing.assert_close(value, torch.nn.functional.cross_entropy(logits, truth, label_smoothing=0.1))
