"""What one track's eyes did, sample by sample: by the faster sampling where there is one, else by their EAR."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inference.vision.concentration import Values
from inference.vision.fatigue.blinks import blinks_of
from inference.vision.fatigue.closed import closed_above, closed_of_openness, is_open_at_rest, logits_of
from inference.vision.fatigue.closures import Closures, Mask, closures_of, is_within, long_closures_of
from inference.vision.fatigue.profile import FatigueProfile
from inference.vision.fatigue.signals import TrackSignals
from inference.vision.fatigue.windows import ratio, sums_between, weights_of

# A rate that the recording's own clock rounds down a little still counts as reached.
RATE_SLACK = 0.95


@dataclass(frozen=True, slots=True)
class EyeStates:
    """Samples of the eyes: ``closed`` (m,) 1, 0 or NaN at ``times_s`` (m,), each standing for ``weights_s`` (m,)."""

    times_s: Values
    closed: Values
    weights_s: Values

    @property
    def measured_s(self) -> Values:
        """The time (m,) that each sample measures."""
        return np.where(np.isfinite(self.closed), self.weights_s, 0.0)

    @property
    def closed_s(self) -> Values:
        """The time (m,) with closed eyes that each sample measures."""
        return np.where(self.closed > 0.5, self.weights_s, 0.0)

    def between(self, after_s: Values, until_s: Values, values: Values) -> Values:
        """Return (k,) the sums of ``values`` (m,) in each ``(after_s, until_s]``."""
        return sums_between(after_s, until_s, self.times_s, values)

    def fps(self, after_s: Values, until_s: Values) -> Values:
        """Return (k,) measured samples a second in each span; NaN where there is none."""
        count = self.between(after_s, until_s, np.isfinite(self.closed).astype(np.float64))
        return ratio(count, self.between(after_s, until_s, self.measured_s))


@dataclass(frozen=True, slots=True)
class Eyes:
    """All that is known of one track's eyes: slow and fast samples, blinks, long closures."""

    slow: EyeStates
    fast: EyeStates
    blinks: Closures
    long_closures: Closures

    def is_fast(self, after_s: Values, until_s: Values, *, least_fps: float) -> Mask:
        """Return (k,) whether the fast samples of each span come at ``least_fps`` or more."""
        return np.asarray(self.fast.fps(after_s, until_s) >= RATE_SLACK * least_fps)

    @property
    def long_s(self) -> Values:
        """The time (m,) of the fast samples that lies in long closures."""
        return np.where(is_within(self.fast.times_s, self.long_closures), self.fast.weights_s, 0.0)


def eyes_of(signals: TrackSignals, *, profile: FatigueProfile) -> Eyes:
    """Return what the eyes of ``signals``, which were made legible, did."""
    times_s, logits = signals.trace.times_s, logits_of(signals.trace)
    blinks = blinks_of(signals.trace, profile=profile)
    rests_open = is_open_at_rest(signals, profile=profile)
    beyond = logits - closed_above(times_s, logits, blinks, rests_open=rests_open, profile=profile)
    is_closed = np.where(np.isfinite(beyond), (beyond > 0).astype(np.float64), np.nan)
    return Eyes(
        slow=_states(signals.times_s, closed_of_openness(signals, profile=profile)),
        fast=_states(times_s, is_closed),
        blinks=blinks,
        long_closures=long_closures_of(closures_of(times_s, beyond), profile=profile),
    )


def _states(times_s: Values, closed: Values) -> EyeStates:
    return EyeStates(times_s, closed, weights_of(times_s))
