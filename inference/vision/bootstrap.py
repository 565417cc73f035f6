"""Percentile bootstrap of weighted means, for thousands of cells at once, the same in every run."""

from __future__ import annotations

import numpy as np
from scipy.special import stdtrit

from inference.vision.concentration import Values

LOW, HIGH = 0.025, 0.975
NORMAL_HIGH = 1.959964
CHUNK = 512


def interval(weighted: Values, weights: Values, *, resamples: int) -> tuple[Values, Values]:
    """Return the 95 % interval (c,) of each cell's mean ``sum(weighted) / sum(weights)``, both (c, e).

    The elements with a weight are resampled with replacement: blocks of time for a person, people for the class.
    NaN for cells with fewer than two of them. Cells with equally many share their draws, which are seeded by that
    number: so a value depends on its own observations alone, whichever worker computes it and how often.

    A plain percentile interval of three elements covers the truth in 76 % of cases instead of 95 %; its ends are moved
    out by `expansion` (after Hesterberg 2015, 10.1080/00031305.2015.1089789, section 3.3), which makes it 93 to 95 %.
    """
    low, high = np.full(len(weights), np.nan), np.full(len(weights), np.nan)
    n_elements = (weights > 0).sum(axis=1)
    for n in np.unique(n_elements[n_elements >= 2]):
        cells = np.flatnonzero(n_elements == n)
        for rows in np.array_split(cells, -(-len(cells) // CHUNK)):
            low[rows], high[rows] = _quantiles(weighted[rows], weights[rows], draws(int(n), resamples))
    return low, high


def expansion(n: int) -> float:
    """Return how much wider an interval of ``n`` elements is made: sqrt(n / (n - 1)) times Student's t over z."""
    return float(np.sqrt(n / (n - 1)) * stdtrit(n - 1, HIGH) / NORMAL_HIGH)


def draws(n: int, resamples: int) -> Values:
    """Return (n, resamples): how often each of n elements is drawn in each resample."""
    rng = np.random.default_rng(n)
    return rng.multinomial(n, np.full(n, 1 / n), size=resamples).T.astype(np.float64)


def _quantiles(weighted: Values, weights: Values, counts: Values) -> tuple[Values, Values]:
    """Return the interval of cells (c, e) that have exactly ``len(counts)`` weighted elements each."""
    first = np.argsort(weights <= 0, axis=1, kind="stable")[:, : len(counts)]
    weighted = np.take_along_axis(weighted, first, axis=1)
    weights = np.take_along_axis(weights, first, axis=1)
    low, high = np.quantile((weighted @ counts) / (weights @ counts), [LOW, HIGH], axis=1)
    mean, factor = weighted.sum(axis=1) / weights.sum(axis=1), expansion(len(counts))
    return mean + (low - mean) * factor, mean + (high - mean) * factor
