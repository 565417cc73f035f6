"""What a face shows over seconds: smoothed probabilities, and states that do not flicker (docs/models/temporal.md).

For display alone: scores rest on the probabilities as they were estimated. Pure functions of one track's samples.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from inference.vision.concentration import Indices, Values
from inference.vision.profiles import Profile


@dataclass(frozen=True, slots=True)
class State:
    """What one face looked like from ``start_s`` to ``end_s``: the ``label`` that led."""

    start_s: float
    end_s: float
    label: str


def smoothed(times_s: Values, probabilities: Values, *, profile: Profile) -> Values:
    """Return ``probabilities`` (n, k) as means around each time, by exp(-distance / ``smoothing_tau_s``).

    Both sides count, since a recording has them: a change is then seen when it happens, not later. A sample counts for
    the time that it stands for, so that the rate does not matter. Samples without probabilities (NaN) stay so; nothing
    is carried over ``state_gap_s`` without one. ``times_s`` (n,) ascend.
    """
    found = np.full(probabilities.shape, np.nan)
    known = np.isfinite(probabilities).all(axis=1)
    if not known.any():
        return found
    times_s, stretch = times_s[known], _stretches(times_s[known], profile=profile)
    held_s = _held_s(times_s, stretch)[:, None]
    weighted = np.hstack([held_s * probabilities[known], held_s])
    past = _decayed_sums(times_s, weighted, stretch, tau_s=profile.smoothing_tau_s)
    future = _decayed_sums(-times_s[::-1], weighted[::-1], stretch[::-1], tau_s=profile.smoothing_tau_s)[::-1]
    sums = past + future - weighted
    found[known] = sums[:, :-1] / sums[:, -1:]
    return found


def states(times_s: Values, probabilities: Values, labels: tuple[str, ...], *, profile: Profile) -> list[State]:
    """Return the states of one track in order of time, from ``probabilities`` (n, k) in the order of ``labels``.

    A state begins where a smoothed class leads the one before it (at first: all others) by ``state_margin``, if it does
    so for ``state_dwell_s``. It ends where the next begins, or where nothing was measured for ``state_gap_s``.
    """
    known = np.isfinite(probabilities).all(axis=1)
    times_s, levels = times_s[known], smoothed(times_s, probabilities, profile=profile)[known]
    stretch = _stretches(times_s, profile=profile)
    held_s = _held_s(times_s, stretch)
    found: list[State] = []
    for rows in np.split(np.arange(len(times_s)), np.flatnonzero(np.diff(stretch)) + 1):
        begins = list(_begins(times_s[rows], levels[rows], profile=profile))
        ends = [start_s for start_s, _label in begins[1:]]
        if begins:
            ends.append(float(times_s[rows[-1]] + held_s[rows[-1]]))
        found += [State(start_s, end_s, labels[at]) for (start_s, at), end_s in zip(begins, ends, strict=True)]
    return found


def _begins(times_s: Values, levels: Values, *, profile: Profile) -> Iterator[tuple[float, int]]:
    """Yield when each state of one stretch begins, and its class."""
    state, rival, since_s = -1, -1, 0.0
    for time_s, level, leader in zip(times_s.tolist(), levels, levels.argmax(axis=1).tolist(), strict=True):
        below = level[state] if state >= 0 else np.partition(level, -2)[-2]
        if leader == state or level[leader] - below < profile.state_margin:
            rival = -1
            continue
        if leader != rival:
            rival, since_s = leader, time_s
        if time_s - since_s >= profile.state_dwell_s:
            state, rival = leader, -1
            yield since_s, state


def _stretches(times_s: Values, *, profile: Profile) -> Indices:
    """Return (n,) the number of the stretch without a gap that each time is in."""
    steps_s = np.diff(times_s)
    # One sample that is missing is no gap, however far apart the samples are.
    gap_s = max(profile.state_gap_s, 2.5 * float(np.median(steps_s))) if len(steps_s) else 0.0
    return np.concatenate([[0], np.cumsum(steps_s > gap_s)]).astype(np.int64)[: len(times_s)]


def _held_s(times_s: Values, stretch: Indices) -> Values:
    """Return (n,) the seconds that each sample stands for: until the next of its stretch; the last, the usual step."""
    if len(times_s) < 2:
        return np.ones(len(times_s))
    steps_s = np.diff(times_s)
    usual_s = float(np.median(steps_s))
    return np.append(np.where(np.diff(stretch) == 0, steps_s, usual_s), usual_s)


def _decayed_sums(times_s: Values, values: Values, stretch: Indices, *, tau_s: float) -> Values:
    """Return (n, k) the sums of each row and those before it in its stretch, each times exp(-age / tau_s).

    A sum over twice as many rows is the sum of two sums, the older one decayed: log2(n) steps (Hillis & Steele 1986).
    """
    sums, shift = np.array(values), 1
    while shift < len(sums):
        decay = np.exp((times_s[:-shift] - times_s[shift:]) / tau_s) * (stretch[:-shift] == stretch[shift:])
        sums[shift:] = sums[shift:] + decay[:, None] * sums[:-shift]
        shift *= 2
    return sums
