"""The losses against slow, obvious loops."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor
from torch.nn import functional

from inference.vision.families.facenet.loss import build_loss, relation_loss, semi_hard, teacher_distance, triplet_loss

ALPHA = 0.2


def batch(seed: int, count: int = 12, people: int = 4) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(seed)
    embeddings = functional.normalize(torch.randn(count, 3, generator=generator), dim=1)
    return embeddings, torch.randint(people, (count,), generator=generator)


def slow_negative(distances: Tensor, people: Tensor, anchor: int, positive: int) -> int:
    """The nearest stranger that is farther away than the positive; where there is none, the farthest stranger."""
    strangers = [row for row in range(len(people)) if people[row] != people[anchor]]
    farther = [row for row in strangers if distances[anchor, row] > distances[anchor, positive]]
    if farther:
        return min(farther, key=lambda row: float(distances[anchor, row]))
    return max(strangers, key=lambda row: float(distances[anchor, row]))


def slow_triplets(embeddings: Tensor, people: Tensor) -> float:
    distances = torch.cdist(embeddings.double(), embeddings.double()).square()
    terms = []
    for a in range(len(people)):
        for p in range(len(people)):
            if a != p and people[a] == people[p]:
                n = slow_negative(distances, people, a, p)
                terms.append(max(float(distances[a, p] - distances[a, n]) + ALPHA, 0.0))
    return float(np.mean(terms))


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_triplet_loss_equals_a_loop_over_all_pairs_and_is_never_negative(seed: int) -> None:
    embeddings, people = batch(seed)
    fast = float(triplet_loss(embeddings, people, alpha=ALPHA))
    assert fast >= 0
    assert fast == pytest.approx(slow_triplets(embeddings, people), abs=1e-5)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000))
def test_semi_hard_mining_equals_a_loop(seed: int) -> None:
    embeddings, people = batch(seed)
    distances = (2 - 2 * embeddings @ embeddings.T).clamp(min=0)
    is_same = people[:, None] == people[None]
    pairs = [(a, p) for a in range(len(people)) for p in range(len(people)) if a != p and people[a] == people[p]]
    anchors, positives = torch.tensor(pairs).T
    mined = semi_hard(distances, is_same, anchors, positives)
    assert mined.tolist() == [slow_negative(distances, people, a, p) for a, p in pairs]


def test_hinge_keeps_the_loss_at_zero_where_everyone_is_far_enough() -> None:
    embeddings = torch.eye(3)[[0, 0, 1, 1]]
    assert float(triplet_loss(embeddings, torch.tensor([0, 0, 1, 1]), alpha=ALPHA)) == 0


def test_same_point_for_all_costs_alpha() -> None:
    embeddings = torch.eye(3)[[0, 0, 0, 0]]
    assert float(triplet_loss(embeddings, torch.tensor([0, 0, 1, 1]), alpha=ALPHA)) == pytest.approx(ALPHA)


@pytest.mark.parametrize("people", [[], [0], [0, 0], [0, 1]])
def test_batch_without_a_triplet_costs_nothing(people: list[int]) -> None:
    embeddings = functional.normalize(torch.ones(len(people), 3), dim=1).requires_grad_()
    loss = triplet_loss(embeddings, torch.tensor(people, dtype=torch.int64), alpha=ALPHA)
    loss.backward()
    assert float(loss.detach()) == 0


def test_distance_to_the_teacher_is_one_less_the_cosine() -> None:
    first, second = torch.tensor([[1.0, 0.0], [0.0, 1.0]]), torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    assert float(teacher_distance(first, second)) == pytest.approx(0.5)


def test_relation_loss_equals_a_loop_over_faces_and_others() -> None:
    embeddings, _ = batch(1, count=3)
    targets, _ = batch(2, count=5)
    terms = []
    for row in range(3):
        said = np.exp([4 * float(targets[row] @ other) for other in targets])
        answered = np.exp([4 * float(embeddings[row] @ other) for other in targets])
        terms.append(-np.sum(said / said.sum() * np.log(answered / answered.sum())))
    assert float(relation_loss(embeddings, targets, scale=4.0)) == pytest.approx(np.mean(terms), rel=1e-5)


def test_no_embedding_has_a_lower_relation_loss_than_the_teachers_own() -> None:
    targets, _ = batch(2, count=8)
    own = relation_loss(targets, targets, scale=4.0)
    assert all(float(relation_loss(batch(seed, count=8)[0], targets, scale=4.0)) >= float(own) for seed in range(5))


def test_faces_of_unknown_people_count_only_for_the_teacher() -> None:
    loss = build_loss(num_classes=2, feature_size=3, teacher_weight=2.0)
    features, logits = torch.randn(3, 3), torch.randn(3, 2)
    targets = functional.normalize(torch.randn(3, 3), dim=1)
    nobody = torch.full((3,), -1)
    expected = 2 * teacher_distance(functional.normalize(features, dim=1), targets)
    torch.testing.assert_close(loss(features, logits, targets, nobody), expected)


def test_loss_is_the_weighted_sum_of_its_parts() -> None:
    weights = {"triplet_weight": 0.5, "people_weight": 3.0, "teacher_weight": 2.0, "relation_weight": 0.7}
    loss = build_loss(num_classes=2, feature_size=3, **weights)
    features, people = batch(5, people=2)
    logits, targets = torch.randn(12, 2), functional.normalize(torch.randn(20, 3), dim=1)
    parts = (
        0.5 * triplet_loss(features, people, alpha=ALPHA),
        3.0 * functional.cross_entropy(logits, people),
        2.0 * teacher_distance(features, targets[:12]),
        0.7 * relation_loss(features, targets, scale=16.0),
    )
    torch.testing.assert_close(loss(features, logits, targets, people), torch.stack(parts).sum())


def test_steps_against_the_loss_bring_embeddings_to_their_teachers() -> None:
    targets, people = batch(3)
    features = batch(4)[0].requires_grad_()
    loss = build_loss(num_classes=4, feature_size=3, triplet_weight=0.0, teacher_weight=1.0, relation_weight=0.5)
    before = float(teacher_distance(features.detach(), targets))
    optimizer = torch.optim.Adam([features], lr=0.05)
    for _ in range(100):
        optimizer.zero_grad()
        loss(features, None, targets, people).backward()
        optimizer.step()
    assert float(teacher_distance(functional.normalize(features.detach(), dim=1), targets)) < before / 4
