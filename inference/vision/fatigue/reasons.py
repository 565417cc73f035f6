"""Why a sign of fatigue was not measured in a span: too little was seen, the face is too small, the rate too low."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from inference.vision.concentration import Indices, Values
from inference.vision.fatigue.eyes import RATE_SLACK, Eyes, EyeStates
from inference.vision.fatigue.profile import FatigueProfile
from inference.vision.fatigue.signals import TrackSignals, legible
from inference.vision.fatigue.windows import enough_s, ratio, sums_within, weights_of

NOT_MEASURED = ("", "short", "size", "rate")
"""Why a sign was not measured, by its place in stored columns; the first means that it was."""

MEASURED, SHORT, SIZE, RATE = range(len(NOT_MEASURED))
Mask = npt.NDArray[np.bool_]


class Reasons:
    """The reasons in each of ``spans`` (s, 2), and the seconds (s,) that the eyes were measured in."""

    def __init__(self, signals: TrackSignals, eyes: Eyes, spans: Values, profile: FatigueProfile) -> None:
        self._signals, self._eyes, self._spans, self._profile = signals, eyes, spans, profile
        self._weights_s = weights_of(signals.times_s)
        self.fast_s, self.slow_s = (
            sums_within(spans, states.times_s, states.measured_s) for states in (eyes.fast, eyes.slow)
        )
        self._small_s = self._seconds(signals.face_px < profile.least_face_px)

    def eyes(self) -> Indices:
        """Return why PERCLOS is missing (s,): any rate will do."""
        return self._reason(np.maximum(self.fast_s, self.slow_s), np.ones(len(self._spans), np.bool_))

    def blinks(self) -> Indices:
        """Return why blinks are missing (s,); they need larger faces than closed eyes do."""
        reason = self._reason(self.fast_s, self._fps(self._eyes.fast) >= RATE_SLACK * self._profile.blink_least_fps)
        large_s = self._seconds(self._signals.face_px >= self._profile.blink_least_face_px)
        is_small = (reason == MEASURED) & (2 * large_s < self.fast_s)
        return np.where(is_small, SIZE, reason).astype(np.int64)

    def long_closures(self) -> Indices:
        """Return why long closures are missing (s,)."""
        return self._reason(self.fast_s, self._fps(self._eyes.fast) >= RATE_SLACK * self._profile.long_least_fps)

    def yawns(self) -> Indices:
        """Return why yawns are missing (s,)."""
        read = legible(self._signals, profile=self._profile)
        measured_s = self._seconds(np.isfinite(read.mouth_openness))
        usual_s = float(np.median(self._weights_s)) if len(self._weights_s) else np.inf
        is_fast = np.full(len(self._spans), usual_s <= self._profile.yawn_slowest_step_s)
        return self._reason(measured_s, is_fast)

    def _reason(self, measured_s: Values, is_fast: Mask) -> Indices:
        """Return (s,) the reason: first the rate, which the recording can mend, then the size, then the time."""
        least_s = enough_s(self._weights_s, self._profile.least_measured_s)
        seen_s = self._seconds(np.ones(len(self._weights_s), np.bool_))
        is_measured, is_small = measured_s >= least_s, measured_s + self._small_s >= least_s
        wanting = np.where(is_small, SIZE, np.where((seen_s >= least_s) & (measured_s == 0), RATE, SHORT))
        return np.where(is_measured, np.where(is_fast, MEASURED, RATE), wanting).astype(np.int64)

    def _seconds(self, is_counted: Mask) -> Values:
        return sums_within(self._spans, self._signals.times_s, np.where(is_counted, self._weights_s, 0.0))

    def _fps(self, states: EyeStates) -> Values:
        count = sums_within(self._spans, states.times_s, np.isfinite(states.closed).astype(np.float64))
        return ratio(count, sums_within(self._spans, states.times_s, states.measured_s))
