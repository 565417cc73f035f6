"""Sums over windows of time, for samples that need not come at an even rate."""

from __future__ import annotations

import numpy as np

from inference.vision.concentration import Values

# A longer step than this many usual ones is a gap: nothing is known of it.
GAP_STEPS = 2.5


def usual_step_s(times_s: Values) -> float:
    """Return the median step of ``times_s`` (n,), those of one time left out; NaN where there is none."""
    steps = np.diff(times_s)
    return float(np.median(steps[steps > 0])) if (steps > 0).any() else float("nan")


def weights_of(times_s: Values) -> Values:
    """Return (n,) the seconds that each sample stands for: until the next one, the usual step before a gap."""
    steps, usual = np.diff(times_s), usual_step_s(times_s)
    if not np.isfinite(usual):
        return np.ones(len(times_s))
    return np.append(np.where(steps > GAP_STEPS * usual, usual, steps), usual)


def enough_s(weights_s: Values, least_s: float) -> float:
    """Return ``least_s`` less half a usual sample: ten samples of a second each may add up to 9.99 s."""
    return least_s - 0.5 * (float(np.median(weights_s)) if len(weights_s) else 0.0)


def sums_until(at_s: Values, times_s: Values, values: Values, *, window_s: float) -> Values:
    """Return (k,) the sums of ``values`` (n,) at ``times_s`` (n,) in the ``window_s`` seconds up to ``at_s`` (k,)."""
    return sums_between(at_s - window_s, at_s, times_s, values)


def sums_between(after_s: Values, until_s: Values, times_s: Values, values: Values) -> Values:
    """Return (k,) the sums of ``values`` (n,) where ``times_s`` (n,) lie in ``(after_s, until_s]`` (k,)."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    first, last = (np.searchsorted(times_s, ends_s, side="right") for ends_s in (after_s, until_s))
    return np.asarray(sums[np.maximum(last, first)] - sums[first], np.float64)


def sums_within(spans: Values, times_s: Values, values: Values) -> Values:
    """Return (s,) the sums of ``values`` (n,) where ``times_s`` (n,) lie in ``[start, end)`` of ``spans`` (s, 2)."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    first, last = np.searchsorted(times_s, spans, side="left").T
    return np.asarray(sums[np.maximum(last, first)] - sums[first], np.float64)


def ratio(numerator: Values, denominator: Values) -> Values:
    """Return the quotient, NaN where the denominator is not positive."""
    quotient = np.full(np.shape(denominator), np.nan)
    np.divide(numerator, denominator, out=quotient, where=denominator > 0)
    return quotient
