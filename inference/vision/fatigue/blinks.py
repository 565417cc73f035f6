"""Blinks: short rises of the closed eye's log odds over what lies around them.

A blink seldom shuts both eyes for two whole samples, so it is looked for as a rise, not as a state. It is measured from
the eyes' own seconds around it: whoever has narrow eyes, glasses or bad light rests higher, but rises all the same.
"""

from __future__ import annotations

import numpy as np

from inference.vision.concentration import Values
from inference.vision.fatigue.closed import logits_of
from inference.vision.fatigue.closures import Closures, Mask, closures_of, linked
from inference.vision.fatigue.profile import FatigueProfile
from inference.vision.fatigue.signals import EyeTrace
from inference.vision.fatigue.windows import usual_step_s

# The median absolute deviation of a normal distribution, times this, is its standard deviation.
DEVIATION = 1.4826
# How much longer than at the least rate the usual step may be: 12 of 30 frames a second are 67 or 100 ms apart.
SLOWEST = 1.3


def blinks_of(trace: EyeTrace, *, profile: FatigueProfile) -> Closures:
    """Return the blinks in order of time, each from and until ``blink_height`` of its rise."""
    logits = logits_of(trace)
    before = linked(trace.times_s, logits)
    rows = np.flatnonzero(np.isfinite(logits))
    found = [
        _of_stretch(trace.times_s[stretch], logits[stretch], profile=profile)
        for stretch in np.split(rows, np.flatnonzero(~before[rows])[1:])
    ]
    start_s, end_s, height = np.concatenate([np.empty((0, 3)), *found]).T
    usual = float(np.median(height)) if len(height) else 0.0
    return Closures(start_s, end_s).where(height >= profile.blink_least_share * usual)


def _of_stretch(times_s: Values, logits: Values, *, profile: FatigueProfile) -> Values:
    """Return start, end and height (k, 3) of the blinks of a stretch without a gap."""
    step_s = usual_step_s(times_s)
    if not 0 < step_s * profile.blink_least_fps < SLOWEST:
        return np.empty((0, 3))
    width = round(profile.blink_around_s / step_s)
    around, rest = running_median(logits, width), float(np.median(logits))
    rise = logits - around
    noise = DEVIATION * float(np.median(np.abs(rise)))
    peaks = _peaks(rise, max(profile.blink_rise, profile.blink_noise_ratio * noise), profile=profile)
    # What rises from eyes that are more closed than open already is no blink.
    peaks = peaks[around[peaks] - rest <= rise[peaks]]
    ends_s = [_ends_of(times_s, rise, top, reach=width, profile=profile) for top in peaks]
    found = Closures(*np.array(ends_s).reshape(-1, 2).T)
    fits = _is_a_blinks_length(found, times_s, step_s=step_s, profile=profile)
    return np.stack([found.start_s, found.end_s, rise[peaks]], axis=1)[fits]


def _ends_of(times_s: Values, rise: Values, top: int, *, reach: int, profile: FatigueProfile) -> tuple[float, float]:
    """Return from when until when a rise is over ``blink_height`` of its own top: about when the lids are half down."""
    near = slice(max(top - reach, 0), top + reach + 1)
    over = closures_of(times_s[near], rise[near] - profile.blink_height * rise[top])
    own = int(np.searchsorted(over.start_s, times_s[top], side="right")) - 1
    return float(over.start_s[own]), float(over.end_s[own])


def running_median(values: Values, width: int) -> Values:
    """Return (m,) the median of ``width`` values around each; the ends are carried on."""
    half = min(max(width // 2, 1), max(len(values) - 1, 0))
    padded = np.pad(values, half, mode="edge")
    return np.asarray(np.median(np.lib.stride_tricks.sliding_window_view(padded, 2 * half + 1), axis=1), np.float64)


def _peaks(rise: Values, least: float, *, profile: FatigueProfile) -> np.ndarray[tuple[int, ...], np.dtype[np.intp]]:
    """Return the place of the highest sample of each run over ``least``; runs that do not part in between are one."""
    is_over = np.concatenate([[False], rise > least, [False]])
    edges = np.flatnonzero(np.diff(is_over))
    tops = [first + int(rise[first:last].argmax()) for first, last in zip(edges[::2], edges[1::2], strict=True)]
    kept: list[int] = []
    for top in tops:
        if kept and rise[kept[-1] : top].min() > rise[[kept[-1], top]].max() * profile.blink_height:
            kept[-1] = max(kept[-1], top, key=lambda place: float(rise[place]))
        else:
            kept.append(top)
    return np.array(kept, np.intp)


def _is_a_blinks_length(found: Closures, times_s: Values, *, step_s: float, profile: FatigueProfile) -> Mask:
    """Return which closures last 80 to 400 ms, with half a sample of slack, and have both ends in the stretch."""
    slack_s = 0.5 * step_s
    fits = (found.length_s >= profile.blink_shortest_s - slack_s) & (
        found.length_s <= profile.blink_longest_s + slack_s
    )
    return np.asarray(fits & (found.start_s > times_s[0]) & (found.end_s < times_s[-1]))
