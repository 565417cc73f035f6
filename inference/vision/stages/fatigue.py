"""What eyes and mouths do over time: closures, blinks, yawns. Plain functions of one track's samples.

A blink lasts 80 to 400 ms: below 12 samples a second most are missed and the rest look like long closures, so blink
figures are then not measurable (NaN), while the share of time with closed eyes (PERCLOS) still is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

MIN_BLINK_FPS = 12.0
BLINK_S = (0.08, 0.4)
LONG_CLOSURE_S = 0.5
YAWN_MAR, YAWN_S = 0.6, 2.0


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time in which a condition held without a break."""

    start_s: float
    end_s: float

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.end_s - self.start_s


def is_blink_measurable(sample_fps: float) -> bool:
    """Say whether sampling is dense enough to see blinks."""
    return sample_fps >= MIN_BLINK_FPS


def spans(times_s: Values, holds: npt.NDArray[np.bool_], *, sample_s: float) -> list[Span]:
    """Return the stretches of ascending ``times_s`` (n,) where ``holds`` (n,); a gap of two samples ends one."""
    found: list[Span] = []
    for time_s in times_s[holds].tolist():
        if found and time_s - found[-1].end_s <= 1.5 * sample_s - sample_s:
            found[-1] = Span(found[-1].start_s, time_s + sample_s)
        else:
            found.append(Span(time_s, time_s + sample_s))
    return found


def blink_rate_per_min(times_s: Values, eye_openness: Values, *, closed_below: float, sample_fps: float) -> float:
    """Return blinks a minute of measured time; NaN where the sampling cannot see them or nothing was measured."""
    measured = np.isfinite(eye_openness)
    if not is_blink_measurable(sample_fps) or not measured.any():
        return math.nan
    closures = spans(times_s, measured & (eye_openness < closed_below), sample_s=1 / sample_fps)
    blinks = [closure for closure in closures if BLINK_S[0] - 1e-9 <= closure.duration_s <= BLINK_S[1] + 1e-9]
    return len(blinks) / (float(measured.sum()) / sample_fps / 60)


def long_closures(times_s: Values, eye_openness: Values, *, closed_below: float, sample_fps: float) -> list[Span]:
    """Return where the eyes stayed closed for longer than half a second; none where sampling cannot tell."""
    if not is_blink_measurable(sample_fps):
        return []
    closed = np.isfinite(eye_openness) & (eye_openness < closed_below)
    return [span for span in spans(times_s, closed, sample_s=1 / sample_fps) if span.duration_s > LONG_CLOSURE_S]


def yawns(times_s: Values, mouth_openness: Values, *, sample_fps: float) -> list[Span]:
    """Return where the mouth stayed wide open for two seconds or more; one sample a second is enough for that."""
    is_open = np.isfinite(mouth_openness) & (mouth_openness >= YAWN_MAR)
    return [span for span in spans(times_s, is_open, sample_s=1 / sample_fps) if span.duration_s >= YAWN_S - 1e-9]
