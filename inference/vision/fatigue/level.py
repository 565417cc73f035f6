"""The level of fatigue 0..1 and the class ``tired``: a weighted mean of signs, and a state with hysteresis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inference.vision.concentration import Values
from inference.vision.fatigue.eyes import Eyes, EyeStates
from inference.vision.fatigue.profile import FatigueProfile
from inference.vision.fatigue.signals import TrackSignals
from inference.vision.fatigue.windows import enough_s, ratio, sums_until, weights_of


@dataclass(frozen=True, slots=True)
class Signs:
    """The signs of fatigue at each sample, each (n,) in 0..1 or NaN where it could not be measured."""

    perclos: Values
    long_closures: Values
    closings: Values
    yawns: Values
    expression: Values


def fatigue_level(signs: Signs, *, profile: FatigueProfile) -> Values:
    """Return (n,) the weighted mean of the signs that are there; NaN where only the expression is, or nothing."""
    values = np.stack([signs.perclos, signs.long_closures, signs.closings, signs.yawns, signs.expression])
    weights = np.array([
        profile.perclos_weight, profile.long_weight, profile.closings_weight,
        profile.yawns_weight, profile.expression_weight,
    ])  # fmt: skip
    available = np.where(np.isfinite(values), weights[:, None], 0.0)
    level = ratio((available * np.nan_to_num(values)).sum(axis=0), available.sum(axis=0))
    return np.where(np.isfinite(signs.perclos) | np.isfinite(signs.yawns), level, np.nan)


def counter_level(at_s: Values, eyes: Eyes, *, profile: FatigueProfile) -> Values:
    """Return (n,) paper 001's share: all blinks so far over the preset threshold, at most 1.

    NaN until the eyes were sampled fast enough to see blinks. It only ever rises.
    """
    so_far = np.searchsorted(eyes.blinks.end_s, at_s, side="right")
    level = np.minimum(so_far / profile.counter_blinks, 1.0)
    is_seen = eyes.is_fast(np.full(len(at_s), -np.inf), at_s, least_fps=profile.blink_least_fps)
    return np.where(is_seen, level, np.nan)


def tired_state(level: Values, *, profile: FatigueProfile) -> Values:
    """Return (n,) 1 from where the level reaches ``tired_from`` until it falls below ``tired_until``; else 0, or NaN.

    The counter of paper 001 is tired when it is full.
    """
    upper = 1.0 if profile.method == "counter" else profile.tired_from
    lower = 1.0 if profile.method == "counter" else profile.tired_until
    decided = np.where(level >= upper, 1.0, np.where(level < lower, 0.0, np.nan))
    rows = np.maximum.accumulate(np.where(np.isfinite(decided), np.arange(len(level)), -1))
    state = np.where(rows >= 0, decided[np.maximum(rows, 0)], 0.0) if len(level) else decided
    return np.where(np.isfinite(level), state, np.nan)


def signs_of(signals: TrackSignals, eyes: Eyes, yawns_s: Values, *, profile: FatigueProfile) -> Signs:
    """Return the signs at the times of ``signals``; ``yawns_s`` (k,) are the beginnings of yawns."""
    at_s = signals.times_s
    return Signs(
        perclos=_between(perclos(at_s, eyes, profile=profile), profile.perclos_none, profile.perclos_full),
        long_closures=_long_sign(at_s, eyes, profile=profile),
        closings=_closings_sign(at_s, eyes, profile=profile),
        yawns=_yawns_sign(signals, yawns_s, profile=profile),
        expression=signals.tired,
    )


def perclos(at_s: Values, eyes: Eyes, *, profile: FatigueProfile) -> Values:
    """Return (n,) the share of closed eyes in the window before each time, by the fast samples where there are any."""
    fast, slow = (_closed_share(at_s, states, profile=profile) for states in (eyes.fast, eyes.slow))
    return np.where(np.isfinite(fast), fast, slow)


def closings_a_minute(until_s: Values, eyes: Eyes, *, window_s: float, profile: FatigueProfile) -> Values:
    """Return (k,) in how many seconds of a minute the eyes were closed for at least one sample.

    For usual blinking that is the blink rate. Unlike a count of blinks it never falls when eyes stay closed longer.
    """
    second = np.floor(eyes.fast.times_s)
    seconds, place = np.unique(second[np.isfinite(eyes.fast.closed)], return_inverse=True)
    is_closing = np.zeros(len(seconds))
    np.maximum.at(is_closing, place, eyes.fast.closed_s[np.isfinite(eyes.fast.closed)] > 0)
    closing, seen = (
        sums_until(until_s, seconds, values, window_s=window_s) for values in (is_closing, np.ones(len(seconds)))
    )
    rate = 60.0 * ratio(closing, seen)
    return np.where(seen >= profile.least_measured_s, rate, np.nan)


def _closed_share(at_s: Values, states: EyeStates, *, profile: FatigueProfile) -> Values:
    measured_s = states.between(at_s - profile.window_s, at_s, states.measured_s)
    share = ratio(states.between(at_s - profile.window_s, at_s, states.closed_s), measured_s)
    return np.where(measured_s >= enough_s(states.weights_s, profile.least_measured_s), share, np.nan)


def _long_sign(at_s: Values, eyes: Eyes, *, profile: FatigueProfile) -> Values:
    start_s = at_s - profile.window_s
    long_s = eyes.fast.between(start_s, at_s, eyes.long_s)
    measured_s = eyes.fast.between(start_s, at_s, eyes.fast.measured_s)
    is_seen = eyes.is_fast(start_s, at_s, least_fps=profile.long_least_fps) & (measured_s >= profile.least_measured_s)
    return np.where(is_seen, np.clip(long_s / profile.long_full_s, 0.0, 1.0), np.nan)


def _closings_sign(at_s: Values, eyes: Eyes, *, profile: FatigueProfile) -> Values:
    rate = closings_a_minute(at_s, eyes, window_s=profile.window_s, profile=profile)
    own = _own_closings(eyes, profile=profile)
    is_seen = eyes.is_fast(at_s - profile.window_s, at_s, least_fps=profile.blink_least_fps)
    return np.where(is_seen, _between(rate / own, 1.0, profile.closings_full_ratio), np.nan)


def _own_closings(eyes: Eyes, *, profile: FatigueProfile) -> float:
    """Return the closings a minute of the first minute, held within what is usual."""
    first_s = eyes.fast.times_s[np.isfinite(eyes.fast.closed)][:1]
    rate = closings_a_minute(first_s + profile.baseline_s, eyes, window_s=profile.baseline_s + 1, profile=profile)
    known = rate[np.isfinite(rate)]
    return float(np.clip(known[0] if len(known) else 0.0, profile.closings_least, profile.closings_most))


def _yawns_sign(signals: TrackSignals, yawns_s: Values, *, profile: FatigueProfile) -> Values:
    at_s, weights_s = signals.times_s, weights_of(signals.times_s)
    measured = np.where(np.isfinite(signals.mouth_openness), weights_s, 0.0)
    measured_s = sums_until(at_s, at_s, measured, window_s=profile.yawn_window_s)
    count = sums_until(at_s, yawns_s, np.ones(len(yawns_s)), window_s=profile.yawn_window_s)
    is_seen = (measured_s >= enough_s(weights_s, profile.least_measured_s)) & (weights_s <= profile.yawn_slowest_step_s)
    return np.where(is_seen, np.minimum(count / profile.yawns_full, 1.0), np.nan)


def _between(values: Values, none: float, full: float) -> Values:
    return np.asarray(np.clip((values - none) / (full - none), 0.0, 1.0), np.float64)
