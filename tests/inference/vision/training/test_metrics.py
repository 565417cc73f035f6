from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.vision.training.metrics import (
    bootstrap_rows,
    calibration_error,
    confusion,
    fitted_temperature,
    macro_f1,
    precision_recall_f1,
)
from inference.vision.training.report import area_under_curve, report_of

answers = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), min_size=1, max_size=60)


def slow_figures(said: list[int], truth: list[int], label: int) -> tuple[float, float, float]:
    hits = sum(s == t == label for s, t in zip(said, truth, strict=True))
    precision = hits / said.count(label) if label in said else 0.0
    recall = hits / truth.count(label) if label in truth else 0.0
    return precision, recall, 2 * precision * recall / (precision + recall) if hits else 0.0


@settings(deadline=None)
@given(answers)
def test_figures_match_counting_by_hand(pairs: list[tuple[int, int]]) -> None:
    said, truth = [s for s, _ in pairs], [t for _, t in pairs]
    fast = precision_recall_f1(confusion(np.array(said), np.array(truth), 3))
    for label in range(3):
        assert fast[label].tolist() == pytest.approx(slow_figures(said, truth, label), abs=1e-6)


def test_f1_lies_between_precision_and_recall() -> None:
    for precision, recall, f1 in precision_recall_f1(np.array([[5, 3], [1, 9]])):
        assert min(precision, recall) <= f1 <= max(precision, recall)


def test_perfect_scores_have_a_macro_f1_of_one() -> None:
    assert macro_f1(np.eye(4, dtype=np.float32), np.arange(4)) == 1.0


def test_calibration_error_of_the_sure_and_wrong_is_one() -> None:
    assert calibration_error(np.eye(2, dtype=np.float32), np.array([1, 0])) == 1.0


def test_calibration_error_is_the_gap_of_confidence_and_accuracy() -> None:
    probabilities = np.array([[0.7, 0.3]] * 10, np.float32)
    assert calibration_error(probabilities, np.array([0] * 5 + [1] * 5)) == pytest.approx(0.2, abs=1e-6)


def test_temperature_of_overconfident_logits_is_above_one() -> None:
    random = np.random.default_rng(0)
    labels = np.eye(3, dtype=np.float32)[random.integers(0, 3, 500)]
    logits = (labels + random.normal(0, 1, labels.shape)).astype(np.float32)
    assert fitted_temperature(logits * 5, labels) == pytest.approx(5 * fitted_temperature(logits, labels), rel=0.05)


def test_bootstrap_draws_whole_people() -> None:
    people = np.array(["a", "b", "a", "c"])
    for rows in bootstrap_rows(people, rounds=20, seed=1):
        assert (rows == 0).sum() == (rows == 2).sum()


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 5), st.booleans()), min_size=2, max_size=30))
def test_area_under_curve_counts_ordered_pairs(pairs: list[tuple[int, bool]]) -> None:
    good, bad = [s for s, is_good in pairs if is_good], [s for s, is_good in pairs if not is_good]
    if not good or not bad:
        return
    slow = sum((g > b) + (g == b) / 2 for g in good for b in bad) / len(good) / len(bad)
    fast = area_under_curve(np.array([s for s, _ in pairs], np.float32), np.array([p for _, p in pairs]))
    assert fast == pytest.approx(slow)


def test_report_holds_its_values_inside_their_intervals_and_names_chance() -> None:
    random = np.random.default_rng(2)
    truth = random.integers(0, 3, 300)
    scores = (np.eye(3)[truth] + random.random((300, 3))).astype(np.float32)
    people = np.array([str(i // 3) for i in range(300)])
    report = report_of(
        scores / scores.sum(axis=1, keepdims=True),
        truth,
        people=people,
        sources=np.full(300, "x"),
        labels=("a", "b", "c"),
    )
    for value, low, high in (report.accuracy, report.macro_f1, *(figures.f1 for figures in report.classes)):
        assert low <= value <= high
    assert report.people == 100
    assert report.commonest_accuracy == pytest.approx(np.bincount(truth).max() / 300)
    assert report.guess_macro_f1 == pytest.approx(1 / 3)
