"""Figures of blinks, long closures and PERCLOS: pure functions of what was found and what is known."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.blinking.acting import Act
from inference.vision.concentration import Values
from inference.vision.fatigue.closures import Closures, is_within
from inference.vision.fatigue.eyes import EyeStates, eyes_of
from inference.vision.fatigue.profile import WINDOW
from inference.vision.fatigue.signals import TrackSignals

Mask = npt.NDArray[np.bool_]
# Ends may be off by a tenth of a second; what is found so near to any closure is not a false one.
NEAR_S, AROUND_S = 0.1, 0.15
# A closure counts where the eyes were measured from this long before it to this long after it.
MARGIN_S, LEAST_SEEN = 0.3, 0.9


@dataclass(frozen=True, slots=True)
class Counts:
    """Of some people: known blinks and long closures, which were found, false ones, minutes, and errors of length."""

    n_blinks: int
    n_found: int
    n_false: int
    n_long: int
    n_long_found: int
    n_long_false: int
    minutes: float
    length_errors_s: Values
    perclos_errors: Values
    slow_perclos_errors: Values


def counts_of(signals: TrackSignals, act: Act) -> Counts:
    """Return what was found of one person, whose lids are known."""
    eyes = eyes_of(signals, profile=WINDOW)
    seen, long = is_seen(eyes.fast, act.closures_s), act.is_long
    blink, errors_s = matched(act.closures_s[seen & ~long], eyes.blinks)
    closed, _ = matched(act.closures_s[seen & long], eyes.long_closures)
    return Counts(
        n_blinks=len(blink), n_found=int(blink.sum()), n_false=n_false(eyes.blinks, act.closures_s),
        n_long=len(closed), n_long_found=int(closed.sum()),
        n_long_false=n_false(eyes.long_closures, act.closures_s[long]),
        minutes=float(eyes.fast.measured_s.sum()) / 60, length_errors_s=errors_s,
        perclos_errors=_perclos_error(eyes.fast, act), slow_perclos_errors=_perclos_error(eyes.slow, act),
    )  # fmt: skip


def added(counts: Iterable[Counts]) -> Counts:
    """Return the counts of all people together."""
    rows = list(counts)
    sums: dict[str, Any] = {
        name: sum(getattr(row, name) for row in rows)
        for name in ("n_blinks", "n_found", "n_false", "n_long", "n_long_found", "n_long_false", "minutes")
    }
    lists: dict[str, Any] = {
        name: np.concatenate([getattr(row, name) for row in rows])
        for name in ("length_errors_s", "perclos_errors", "slow_perclos_errors")
    }
    return Counts(**sums, **lists)


def matched(known_s: Values, found: Closures) -> tuple[Mask, Values]:
    """Return which of ``known_s`` (k, 2) were found, each by one, and how much longer (s) than known those are."""
    free, hits, errors_s = np.ones(len(found.start_s), np.bool_), [], []
    for start_s, end_s in known_s:
        near = np.flatnonzero(free & (found.start_s <= end_s + NEAR_S) & (found.end_s >= start_s - NEAR_S))
        hits.append(len(near) > 0)
        if len(near):
            free[near[0]] = False
            errors_s.append(float(found.length_s[near[0]] - (end_s - start_s)))
    return np.array(hits, np.bool_), np.array(errors_s, np.float64)


def n_false(found: Closures, known_s: Values) -> int:
    """Return how many of ``found`` are near none of ``known_s`` (k, 2)."""
    starts, ends = known_s.T[:, None, :]
    near = (found.start_s[:, None] <= ends + AROUND_S) & (found.end_s[:, None] >= starts - AROUND_S)
    return int((~near.any(axis=1)).sum())


def is_seen(states: EyeStates, known_s: Values) -> Mask:
    """Return (k,) whether the eyes were measured during and around each of ``known_s`` (k, 2)."""
    starts, ends = known_s.T
    measured_s = states.between(starts - MARGIN_S, ends + MARGIN_S, states.measured_s)
    return np.asarray(measured_s >= LEAST_SEEN * (ends - starts + 2 * MARGIN_S))


def _perclos_error(states: EyeStates, act: Act) -> Values:
    """Return (1,) the share of closed time that was found less the known one; empty where nothing was measured."""
    measured_s = states.measured_s
    if not measured_s.sum():
        return np.empty(0)
    known = is_within(states.times_s, Closures(*act.closures_s.T))
    return np.array([(states.closed_s.sum() - measured_s[known].sum()) / measured_s.sum()])
