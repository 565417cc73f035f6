"""What fatigue is computed from: one track's, or one person's, stored signals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from inference.vision.concentration import Values
from inference.vision.fatigue.profile import FatigueProfile


@dataclass(frozen=True, slots=True)
class EyeTrace:
    """The faster sampling of the eyes: ``times_s`` (m,) ascending, ``closed`` (m, 2) probabilities 0..1 or NaN."""

    times_s: Values = field(default_factory=lambda: np.empty(0))
    closed: Values = field(default_factory=lambda: np.empty((0, 2)))


@dataclass(frozen=True, slots=True)
class TrackSignals:
    """One track's signals in order of time; NaN: not measured.

    ``times_s`` (n,); ``eye_openness`` (n, 2) EAR of the image's left and right eye; ``mouth_openness`` (n,) MAR of the
    inner lips; ``face_px`` (n,) the longer side of the face's box; ``quality`` (n,) 0..1; ``tired`` (n,) the expression
    network's probability, NaN where policy forbids it; ``trace`` the faster sampling, empty where there is none.
    """

    times_s: Values
    eye_openness: Values
    mouth_openness: Values
    face_px: Values
    quality: Values
    tired: Values
    trace: EyeTrace = field(default_factory=EyeTrace)


def join_signals(tracks: Sequence[TrackSignals]) -> TrackSignals:
    """Return the signals of several tracks that show one person, in order of time: one person has one baseline."""
    order = np.argsort(np.concatenate([track.times_s for track in tracks]), kind="stable")
    trace_order = np.argsort(np.concatenate([track.trace.times_s for track in tracks]), kind="stable")
    columns = ("times_s", "eye_openness", "mouth_openness", "face_px", "quality", "tired")
    joined = {name: np.concatenate([getattr(track, name) for track in tracks])[order] for name in columns}
    times_s, closed = (
        np.concatenate([getattr(track.trace, name) for track in tracks])[trace_order] for name in ("times_s", "closed")
    )
    return TrackSignals(**joined, trace=EyeTrace(times_s, closed))


def legible(signals: TrackSignals, *, profile: FatigueProfile) -> TrackSignals:
    """Return the signals with NaN where the face is too small or too poor for its eyes and mouth to be read."""
    is_read = (signals.face_px >= profile.least_face_px) & (signals.quality >= profile.least_quality)
    is_fast_read = _nearest(is_read, signals.times_s, signals.trace.times_s)
    closed = np.where(is_fast_read[:, None], signals.trace.closed, np.nan)
    return replace(
        signals,
        eye_openness=np.where(is_read[:, None], signals.eye_openness, np.nan),
        mouth_openness=np.where(is_read, signals.mouth_openness, np.nan),
        trace=EyeTrace(signals.trace.times_s, closed),
    )


def _nearest(flags: npt.NDArray[np.bool_], times_s: Values, at_s: Values) -> npt.NDArray[np.bool_]:
    """Return (m,) the flag of the sample that is nearest to each of ``at_s`` (m,); False where there is none."""
    if not len(times_s):
        return np.zeros(len(at_s), np.bool_)
    right = np.clip(np.searchsorted(times_s, at_s), 0, len(times_s) - 1)
    left = np.maximum(right - 1, 0)
    is_left = np.abs(at_s - times_s[left]) <= np.abs(times_s[right] - at_s)
    return np.asarray(flags[np.where(is_left, left, right)], np.bool_)
