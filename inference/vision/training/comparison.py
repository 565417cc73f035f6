"""Whether one classifier is better than another on the same faces, and how sure an accuracy is."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from inference.vision.training.metrics import bootstrap_rows

Z_95 = 1.959964
ROUNDS, SEED = 1000, 7
Hits = npt.NDArray[np.bool_]


def mcnemar(a_correct: Hits, b_correct: Hits) -> float:
    """Return the two-sided exact p of McNemar's test: how likely such a difference is between equals.

    Only faces that one of the two gets right count; between equals each falls to either side like a coin. ``a_correct``
    and ``b_correct`` (n,) belong to the same faces.
    """
    only_a, only_b = int((a_correct & ~b_correct).sum()), int((b_correct & ~a_correct).sum())
    decided = only_a + only_b
    tail = sum(math.comb(decided, k) for k in range(min(only_a, only_b) + 1))
    return float(min(1.0, 2 * tail / 2**decided))


def wilson(k: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of which ``k`` of ``n`` independent trials succeeded (Wilson 1927)."""
    if n == 0:
        return 0.0, 1.0
    share, z2 = k / n, Z_95**2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z_95 * math.sqrt(share * (1 - share) / n + z2 / (4 * n**2)) / (1 + z2 / n)
    return max(middle - half, 0.0), min(middle + half, 1.0)


def bootstrap(correct: Hits, people: npt.NDArray[np.str_]) -> tuple[float, float]:
    """Return the 95 % interval of the mean of ``correct`` (n,), drawn over ``people`` (n,) or over originals."""
    draws = [correct[rows].mean() for rows in bootstrap_rows(people, rounds=ROUNDS, seed=SEED)]
    low, high = np.percentile(draws, [2.5, 97.5])
    return float(low), float(high)
