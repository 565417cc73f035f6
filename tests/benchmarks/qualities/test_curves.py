"""Figures of the gate on readings that can be counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.qualities.curves import balanced_accuracy, by_sharpness, chance, comparison, kept
from benchmarks.qualities.reading import Reading


def reading(patterns: list[int], rejections: list[str] | None = None, sharpness: float = 5.0) -> Reading:
    n = len(patterns)
    return Reading(np.eye(3)[patterns], np.array(rejections or [""] * n), np.full(n, sharpness), np.ones(n))


def test_chance_is_that_two_faces_have_the_same_pattern() -> None:
    assert chance(reading([0, 0, 1, 2])) == pytest.approx(0.25 + 1 / 16 + 1 / 16)


def test_all_is_kept_where_nothing_changes_and_nothing_where_chance_is_left() -> None:
    assert kept(1.0, 0.3) == 1
    assert kept(0.3, 0.3) == 0


def test_a_comparison_counts_what_stays_and_what_is_rejected() -> None:
    figures = comparison(reading([0, 1, 2, 0]), reading([0, 1, 1, 1], ["", "turned", "turned", "small"]))
    assert figures["agreement"][0] == 0.5
    assert (figures["rejected_turned"][0], figures["rejected_small"][0]) == (0.5, 0.25)
    assert "rejected_covered" not in figures


def test_sharpness_ranges_hold_their_faces_of_all_degrees() -> None:
    clear = reading([0] * 40)
    worse = Reading(
        np.eye(3)[[0] * 40 + [1] * 40], np.array([""] * 80), np.repeat([6.0, 2.5], 40), np.ones(80)
    )  # fmt: skip
    figures = by_sharpness(clear, worse, (2, 4, 8, 10))
    assert figures["sharpness_2_4.agreement"][0] == 0
    assert figures["sharpness_4_8.agreement"][0] == 1
    assert len(figures) == 2


def test_balanced_accuracy_does_not_praise_the_commoner_answer() -> None:
    wanted = np.array([True] + [False] * 9)
    assert balanced_accuracy(np.zeros(10, bool), wanted) == 0.5
    assert balanced_accuracy(wanted, wanted) == 1
