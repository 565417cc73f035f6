"""Figures of verification against slow, obvious loops."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.vision.training.verification import (
    BoolArray,
    accuracy,
    all_pairs,
    balanced_accuracy,
    best_threshold,
    cosines,
    roc,
    threshold_at_far,
    unit,
    view_2,
)
from inference.vision.types import FloatArray

seeds = st.integers(0, 10_000)


def scored(seed: int, count: int = 40) -> tuple[FloatArray, BoolArray]:
    """Scores with ties, higher for pairs of one person."""
    random = np.random.default_rng(seed)
    is_same = np.arange(count) % 2 == 0
    return (random.normal(size=count) + is_same).round(1).astype(np.float32), is_same


def slow_rates(scores: FloatArray, is_same: BoolArray, threshold: float) -> tuple[float, float]:
    taken = [score >= threshold for score in scores.tolist()]
    right = sum(t and s for t, s in zip(taken, is_same, strict=True)) / sum(is_same)
    wrong = sum(t and not s for t, s in zip(taken, is_same, strict=True)) / sum(~is_same)
    return right, wrong


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_every_point_of_the_roc_equals_counting_pairs(seed: int) -> None:
    scores, is_same = scored(seed)
    curve = roc(scores, is_same)
    for threshold, tar, far in zip(curve.thresholds, curve.tar, curve.far, strict=True):
        assert (tar, far) == pytest.approx(slow_rates(scores, is_same, threshold))
    assert (curve.tar[-1], curve.far[-1]) == (1, 1)


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_area_is_the_chance_that_a_right_pair_scores_higher(seed: int) -> None:
    scores, is_same = scored(seed)
    wins = [
        1.0 if right > wrong else 0.5 if right == wrong else 0.0
        for right in scores[is_same].tolist()
        for wrong in scores[~is_same].tolist()
    ]
    assert roc(scores, is_same).auc == pytest.approx(np.mean(wins))


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_equal_error_rate_lies_between_the_points_where_the_rates_cross(seed: int) -> None:
    scores, is_same = scored(seed)
    rates = [slow_rates(scores, is_same, threshold) for threshold in [9.0, *sorted(set(scores.tolist()), reverse=True)]]
    crossing = next(index for index, (tar, far) in enumerate(rates) if far >= 1 - tar)
    low, high = rates[crossing - 1][1], rates[crossing][1]
    assert low - 1e-9 <= roc(scores, is_same).eer <= high + 1e-9


def test_equal_error_rate_of_a_known_case_is_a_quarter() -> None:
    scores = np.array([0.9, 0.8, 0.7, 0.2, 0.6, 0.3, 0.1, 0.0], np.float32)
    is_same = np.array([True, True, True, True, False, False, False, False])
    assert roc(scores, is_same).eer == pytest.approx(0.25)


def test_roc_of_one_kind_of_pairs_is_refused() -> None:
    with pytest.raises(ValueError, match="only one kind"):
        roc(np.zeros(3, np.float32), np.ones(3, bool))


@settings(max_examples=20, deadline=None)
@given(seeds)
def test_no_threshold_decides_more_pairs_rightly_than_the_best(seed: int) -> None:
    scores, is_same = scored(seed)
    best = accuracy(scores, is_same, best_threshold(scores, is_same))
    tried = [*np.unique(scores) - 0.05, 9.0]
    slow = max(np.mean([(score >= t) == same for score, same in zip(scores, is_same, strict=True)]) for t in tried)
    assert best == pytest.approx(slow)
    assert balanced_accuracy(roc(scores, is_same)) == pytest.approx(slow)  # as many pairs of either kind


def test_view_2_takes_each_folds_threshold_from_the_other_folds() -> None:
    scores, is_same = scored(3, count=60)
    folds = np.arange(60) // 20
    result = view_2(scores, is_same, folds)
    for fold in range(3):
        rest = folds != fold
        threshold = best_threshold(scores[rest], is_same[rest])
        right = [(s >= threshold) == same for s, same in zip(scores[~rest], is_same[~rest], strict=True)]
        assert result.accuracies[fold] == pytest.approx(np.mean(right))
    slow_variance = sum((value - result.mean) ** 2 for value in result.accuracies) / 2
    assert result.standard_error == pytest.approx((slow_variance / 3) ** 0.5)


def test_own_fold_does_not_move_its_threshold() -> None:
    scores, is_same = scored(3, count=60)
    folds = np.arange(60) // 20
    changed = np.where(folds == 1, -scores, scores).astype(np.float32)
    assert view_2(changed, is_same, folds).thresholds[1] == view_2(scores, is_same, folds).thresholds[1]


@settings(max_examples=20, deadline=None)
@given(seeds, st.sampled_from([0.01, 0.05, 0.2]))
def test_threshold_at_a_rate_lets_no_more_strangers_in_and_a_lower_one_would(seed: int, far: float) -> None:
    strangers = np.random.default_rng(seed).normal(size=300).astype(np.float32)
    threshold = threshold_at_far(strangers, far)
    assert (strangers >= threshold).mean() <= far
    below = strangers[strangers < threshold].max()
    assert (strangers >= below).mean() > far


def test_rate_that_the_pairs_cannot_show_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1000"):
        threshold_at_far(np.zeros(999, np.float32), 1e-3)


def test_share_of_right_pairs_at_a_rate_equals_counting() -> None:
    scores, is_same = scored(8, count=200)
    slow = max(tar for t in np.unique(scores) for tar, far in [slow_rates(scores, is_same, float(t))] if far <= 0.1)
    assert roc(scores, is_same).tar_at(0.1) == pytest.approx(slow)


def test_all_pairs_equal_a_double_loop() -> None:
    embeddings = unit(np.random.default_rng(0).normal(size=(6, 4)).astype(np.float32))
    people = np.array(["a", "b", "a", "c", "b", "a"])
    scores, is_same = all_pairs(embeddings, people)
    slow = [(i, j) for i in range(6) for j in range(i + 1, 6)]
    assert np.allclose(scores, [embeddings[i] @ embeddings[j] for i, j in slow])
    assert is_same.tolist() == [people[i] == people[j] for i, j in slow]
    assert np.allclose(cosines(embeddings, embeddings), 1)
