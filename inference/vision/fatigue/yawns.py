"""Yawns: a mouth that stays wide open for two seconds."""

from __future__ import annotations

import numpy as np

from inference.vision.concentration import Values
from inference.vision.fatigue.profile import FatigueProfile
from inference.vision.fatigue.windows import GAP_STEPS, usual_step_s, weights_of


def yawn_above(times_s: Values, mouth_openness: Values, *, profile: FatigueProfile) -> float:
    """Return the MAR above which this mouth may yawn: the fixed one, or higher where the lips rest apart."""
    known = np.flatnonzero(np.isfinite(mouth_openness))
    first = known[np.cumsum(weights_of(times_s)[known]) <= profile.baseline_s]
    rest = float(np.median(mouth_openness[first])) if len(first) >= profile.baseline_least_samples else 0.0
    return max(profile.yawn_openness, rest + profile.yawn_rise)


def yawns_of(times_s: Values, mouth_openness: Values, *, profile: FatigueProfile) -> Values:
    """Return (k,) when each yawn began: successive samples over the threshold that stand for two seconds or more."""
    is_wide = mouth_openness > yawn_above(times_s, mouth_openness, profile=profile)
    limit_s = GAP_STEPS * usual_step_s(times_s)
    joined = is_wide & np.append(False, is_wide[:-1]) & (np.diff(times_s, prepend=-np.inf) <= limit_s)
    starts, ends = np.flatnonzero(is_wide & ~joined), np.flatnonzero(is_wide & ~np.append(joined[1:], False))
    # A sample stands for the step to the next one: two of a second each are two seconds.
    length_s = times_s[ends] - times_s[starts] + usual_step_s(times_s)
    enough = (length_s >= 0.95 * profile.yawn_shortest_s) & (ends - starts + 1 >= profile.yawn_least_samples)
    return np.asarray(times_s[starts[enough]], np.float64)
