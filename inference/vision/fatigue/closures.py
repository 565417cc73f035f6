"""Closures of the eyes in the faster sampling: blinks, and closures too long for one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inference.vision.concentration import Values
from inference.vision.fatigue.profile import FatigueProfile
from inference.vision.fatigue.windows import GAP_STEPS, usual_step_s

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Closures:
    """Times (k,) from which and until which the eyes were closed; ``is_whole`` (k,) where both ends were seen."""

    start_s: Values
    end_s: Values
    is_whole: Mask

    @property
    def length_s(self) -> Values:
        """How long each lasted (k,)."""
        return self.end_s - self.start_s

    def where(self, mask: Mask) -> Closures:
        """Return the closures of ``mask`` (k,)."""
        return Closures(self.start_s[mask], self.end_s[mask], self.is_whole[mask])


def closures_of(times_s: Values, closed: Values) -> Closures:
    """Return the closures of ``closed`` (m,), 0..1 with 0.5 as the limit, NaN where not measured; times ascend.

    A limit that is passed between two samples is passed on the line between them. A gap ends a closure.
    """
    is_closed, before, after = closed > 0.5, _linked(times_s, closed), _linked(times_s[::-1], closed[::-1])[::-1]
    continues = is_closed & before & np.append(False, is_closed[:-1])
    starts = np.flatnonzero(is_closed & ~continues)
    ends = np.flatnonzero(is_closed & ~np.append(continues[1:], False))
    return Closures(
        start_s=_crossing(times_s, closed, starts, starts - 1, before[starts]),
        end_s=_crossing(times_s, closed, ends, ends + 1, after[ends]),
        is_whole=before[starts] & after[ends],
    )


def blinks_of(closures: Closures, *, step_s: float, profile: FatigueProfile) -> Closures:
    """Return the closures of a blink's length, with half a sample of slack, of which both ends were seen."""
    length_s, slack_s = closures.length_s, 0.5 * step_s
    fits = (length_s >= profile.blink_shortest_s - slack_s) & (length_s <= profile.blink_longest_s + slack_s)
    return closures.where(fits & closures.is_whole)


def long_closures_of(closures: Closures, *, profile: FatigueProfile) -> Closures:
    """Return the closures longer than half a second, also where an end was not seen."""
    return closures.where(closures.length_s > profile.long_closure_s)


def is_within(times_s: Values, closures: Closures) -> Mask:
    """Return (m,) whether each time lies in a closure."""
    started = np.searchsorted(closures.start_s, times_s, side="right")
    ended = np.searchsorted(closures.end_s, times_s, side="left")
    return np.asarray(started > ended)


def _linked(times_s: Values, closed: Values) -> Mask:
    """Return (m,) whether the sample before each is measured and near enough to know what happened between."""
    if len(times_s) < 2:
        return np.zeros(len(times_s), np.bool_)
    is_near = np.abs(np.diff(times_s)) <= GAP_STEPS * abs(usual_step_s(times_s))
    return np.append(False, is_near & np.isfinite(closed[:-1]))


def _crossing(
    times_s: Values, closed: Values, at: npt.NDArray[np.intp], beside: npt.NDArray[np.intp], linked: Mask
) -> Values:
    """Return when the limit was passed between the samples ``at`` and ``beside``; the sample's own time at a gap."""
    beside = np.clip(beside, 0, max(len(times_s) - 1, 0))
    rise = closed[at] - closed[beside]
    share = np.divide(closed[at] - 0.5, rise, out=np.zeros(len(at)), where=linked & (rise > 0))
    return np.asarray(times_s[at] + share * (times_s[beside] - times_s[at]), np.float64)
