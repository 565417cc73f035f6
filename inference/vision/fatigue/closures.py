"""Closures of the eyes in the faster sampling, and those that are too long for a blink."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inference.vision.concentration import Values
from inference.vision.fatigue.profile import FatigueProfile
from inference.vision.fatigue.windows import GAP_STEPS, usual_step_s

Mask = npt.NDArray[np.bool_]
Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Closures:
    """From when until when the eyes were closed, each (k,)."""

    start_s: Values
    end_s: Values

    @property
    def length_s(self) -> Values:
        """How long each lasted (k,)."""
        return self.end_s - self.start_s

    def where(self, mask: Mask) -> Closures:
        """Return the closures of ``mask`` (k,)."""
        return Closures(self.start_s[mask], self.end_s[mask])


def closures_of(times_s: Values, beyond: Values) -> Closures:
    """Return where ``beyond`` (m,) is over 0; NaN is not measured, ``times_s`` (m,) ascend.

    A limit that is passed between two samples is passed on the line between them. A gap ends a closure.
    """
    is_over, before = beyond > 0, linked(times_s, beyond)
    after = np.append(before[1:], False) if len(before) else before
    continues = is_over & before & np.append(False, is_over)[: len(is_over)]
    starts = np.flatnonzero(is_over & ~continues)
    ends = np.flatnonzero(is_over & ~np.append(continues[1:], False)) if len(starts) else starts
    return Closures(
        start_s=_crossing(times_s, beyond, starts, starts - 1, before[starts]),
        end_s=_crossing(times_s, beyond, ends, ends + 1, after[ends]),
    )


def long_closures_of(closures: Closures, *, profile: FatigueProfile) -> Closures:
    """Return the closures longer than half a second, also where an end was not seen."""
    return closures.where(closures.length_s > profile.long_closure_s)


def is_within(times_s: Values, closures: Closures) -> Mask:
    """Return (m,) whether each time lies in a closure."""
    started = np.searchsorted(closures.start_s, times_s, side="right")
    ended = np.searchsorted(closures.end_s, times_s, side="left")
    return np.asarray(started > ended)


def linked(times_s: Values, values: Values) -> Mask:
    """Return (m,) whether a sample and the one before it are measured, and near enough to know what lay between."""
    if len(times_s) < 2:
        return np.zeros(len(times_s), np.bool_)
    is_near = np.diff(times_s) <= GAP_STEPS * usual_step_s(times_s)
    return np.append(False, is_near & np.isfinite(values[:-1]) & np.isfinite(values[1:]))


def _crossing(times_s: Values, beyond: Values, at: Places, beside: Places, is_linked: Mask) -> Values:
    """Return when 0 was passed between the samples ``at`` and ``beside``; the sample's own time at a gap."""
    beside = np.clip(beside, 0, max(len(times_s) - 1, 0))
    fall = beyond[at] - beyond[beside]
    share = np.divide(beyond[at], fall, out=np.zeros(len(at)), where=is_linked & (fall > 0))
    return np.asarray(times_s[at] + share * (times_s[beside] - times_s[at]), np.float64)
