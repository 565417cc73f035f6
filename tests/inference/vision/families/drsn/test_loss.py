from __future__ import annotations

import math

import pytest
import torch

from inference.vision.families.common import soft_cross_entropy
from inference.vision.families.drsn.loss import CentrePlain, CentreRatio, build_loss


def slow_centre_ratio(features: list[list[float]], labels: list[list[float]], centres: list[list[float]]) -> float:
    """Eq. 10 with loops: distances to the own class's centre over the spread of the centres."""
    size = len(centres[0])
    middle = [sum(centre[d] for centre in centres) / len(centres) for d in range(size)]
    spread = sum(sum((centre[d] - middle[d]) ** 2 for d in range(size)) for centre in centres) / len(centres)
    total = 0.0
    for feature, label in zip(features, labels, strict=True):
        for centre, share in zip(centres, label, strict=True):
            total += share * sum((feature[d] - centre[d]) ** 2 for d in range(size))
    return total / len(features) / spread


def test_centre_ratio_matches_equation_10() -> None:
    loss, features = CentreRatio(3, 4), torch.randn(5, 4)
    labels = torch.softmax(torch.randn(5, 3), dim=1)
    slow = slow_centre_ratio(features.tolist(), labels.tolist(), loss.centres.tolist())
    assert float(loss(features, labels).detach()) == pytest.approx(slow, rel=1e-4)


def test_features_on_their_centres_cost_nothing() -> None:
    loss = CentreRatio(3, 4)
    assert float(loss(loss.centres.detach(), torch.eye(3)).detach()) == pytest.approx(0.0, abs=1e-5)


def test_centres_that_fall_together_cannot_divide_by_zero() -> None:
    loss = CentreRatio(3, 4)
    torch.nn.init.zeros_(loss.centres)
    assert float(loss(torch.ones(2, 4), torch.eye(3)[:2]).detach()) == pytest.approx(4 / loss.floor)


def test_soft_cross_entropy_of_hard_labels_is_the_usual_one() -> None:
    logits, truth = torch.randn(6, 3), torch.tensor([0, 1, 2, 0, 1, 2])
    soft = soft_cross_entropy(logits, torch.eye(3)[truth], torch.ones(3))
    torch.testing.assert_close(soft, torch.nn.functional.cross_entropy(logits, truth))


def test_class_weights_weigh_as_in_the_usual_one() -> None:
    logits, truth, weights = torch.randn(6, 3), torch.tensor([0, 1, 2, 0, 1, 2]), torch.tensor([1.0, 2.0, 0.5])
    soft = soft_cross_entropy(logits, torch.eye(3)[truth], weights)
    torch.testing.assert_close(soft, torch.nn.functional.cross_entropy(logits, truth, weights))


def test_even_guess_costs_the_logarithm_of_the_classes() -> None:
    loss = soft_cross_entropy(torch.zeros(2, 6), torch.full((2, 6), 1 / 6), torch.ones(6))
    assert float(loss) == pytest.approx(math.log(6))


def test_plain_centre_loss_is_half_the_mean_squared_distance() -> None:
    loss, features, truth = CentrePlain(3, 4), torch.randn(5, 4), torch.tensor([0, 1, 2, 0, 1])
    slow = sum(float(((face - loss.centres[label]) ** 2).sum()) for face, label in zip(features, truth, strict=True))
    assert float(loss(features, torch.eye(3)[truth]).detach()) == pytest.approx(slow / 5 / 2, rel=1e-4)


@torch.no_grad()
@pytest.mark.parametrize(("kind", "share"), [(CentreRatio, 0.5), (CentrePlain, 1.0)])
def test_centres_further_apart_lower_the_ratio_and_not_the_plain_loss(kind: type[CentrePlain], share: float) -> None:
    near, far = kind(2, 2), kind(2, 2)
    near.centres.copy_(torch.tensor([[1.0, 0.0], [0.0, 1.0]]))  # a squared distance of 2 from each other
    far.centres.copy_(torch.tensor([[1.0, 0.0], [-1.0, 0.0]]))  # of 4, each as far from the features as before
    features, labels = torch.zeros(2, 2), torch.eye(2)
    assert float(far(features, labels)) == pytest.approx(share * float(near(features, labels)))


@pytest.mark.parametrize(("centre", "kind"), [("ratio", CentreRatio), ("plain", CentrePlain)])
def test_loss_is_cross_entropy_plus_the_weighted_centre_loss(centre: str, kind: type[CentrePlain]) -> None:
    loss = build_loss(num_classes=3, feature_size=4, centre=centre, centre_weight=0.5)  # type: ignore[arg-type]
    assert type(loss.centres) is kind
    features, logits, labels = torch.randn(5, 4), torch.randn(5, 3), torch.eye(3)[[0, 1, 2, 0, 1]]
    expected = soft_cross_entropy(logits, labels, torch.ones(3)) + 0.5 * loss.centres(features, labels)
    torch.testing.assert_close(loss(features, logits, labels, torch.ones(3)), expected)


def test_without_a_centre_loss_nothing_but_cross_entropy_is_learned() -> None:
    loss = build_loss(num_classes=3, feature_size=4, centre="none")
    assert not list(loss.parameters())
    logits, labels = torch.randn(3, 3), torch.eye(3)
    expected = soft_cross_entropy(logits, labels, torch.ones(3))
    torch.testing.assert_close(loss(torch.randn(3, 4), logits, labels, torch.ones(3)), expected)
