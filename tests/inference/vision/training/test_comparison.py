from __future__ import annotations

from itertools import product

import numpy as np
import pytest
from scipy.stats import binomtest

from inference.vision.training.comparison import bootstrap, mcnemar, wilson


def slow_mcnemar(a: np.ndarray, b: np.ndarray) -> float:
    """Toss a coin for each face that one of the two got right; count the tosses at least as uneven as what was seen."""
    decided, won = int((a != b).sum()), int((a & ~b).sum())
    uneven = abs(2 * won - decided)
    tosses = list(product([0, 1], repeat=decided))
    return sum(abs(2 * sum(toss) - decided) >= uneven for toss in tosses) / len(tosses)


@pytest.mark.parametrize("seed", range(8))
def test_mcnemar_counts_all_tosses_of_a_coin(seed: int) -> None:
    a, b = np.random.default_rng(seed).random((2, 18)) < [[0.8], [0.6]]
    assert mcnemar(a, b) == pytest.approx(slow_mcnemar(a, b))


def test_equals_cannot_be_told_apart() -> None:
    same = np.array([True, False, True])
    assert mcnemar(same, same) == 1


def test_one_image_of_360_is_no_improvement() -> None:
    plain = np.arange(360) < 350
    better = np.arange(360) < 351
    assert mcnemar(better, plain) == 1


def test_ten_to_nothing_is_significant() -> None:
    assert mcnemar(np.ones(10, bool), np.zeros(10, bool)) == pytest.approx(2 / 1024)


@pytest.mark.parametrize(("k", "n"), [(0, 10), (10, 10), (351, 360), (1, 3), (50, 100)])
def test_wilsons_interval_is_scipys(k: int, n: int) -> None:
    theirs = binomtest(k, n).proportion_ci(method="wilson")
    assert wilson(k, n) == pytest.approx((theirs.low, theirs.high), abs=1e-6)


def test_nothing_tried_says_nothing() -> None:
    assert wilson(0, 0) == (0, 1)


def test_the_bootstrap_is_wider_where_copies_agree() -> None:
    correct = np.random.default_rng(0).random(40) < 0.8
    copies, originals = np.tile(correct, 5), np.tile(np.arange(40).astype(str), 5)
    low, high = bootstrap(copies, originals)
    narrow_low, narrow_high = bootstrap(copies, np.arange(200).astype(str))
    assert low < correct.mean() < high
    assert high - low > 1.5 * (narrow_high - narrow_low)
