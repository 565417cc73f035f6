"""Drawn signals of one person: eyes that blink when they are told to, a mouth that yawns when it is told to."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from inference.vision.concentration import Values
from inference.vision.fatigue.signals import EyeTrace, TrackSignals

OPEN_EAR, CLOSED_EAR = 0.30, 0.06
OPEN, CLOSED = 0.02, 0.98


def person(
    *,
    duration_s: float = 120.0,
    fps: float = 1.0,
    trace_fps: float = 15.0,
    closed_s: Sequence[tuple[float, float]] = (),
    yawns_s: Sequence[tuple[float, float]] = (),
    face_px: float = 80.0,
) -> TrackSignals:
    """Return a person whose eyes are closed, and whose mouth is wide open, from each first to each second time."""
    times_s, fast_s = (np.arange(0, duration_s, 1 / rate) for rate in (fps, trace_fps or 1e-9))
    fast_s = fast_s if trace_fps else np.empty(0)
    noise = np.random.default_rng(0).normal(0, 0.01, (len(times_s), 2))
    openness = np.where(inside(times_s, closed_s), CLOSED_EAR, OPEN_EAR)[:, None] + noise
    closed = np.where(inside(fast_s, closed_s), CLOSED, OPEN)
    return TrackSignals(
        times_s=times_s,
        eye_openness=openness,
        mouth_openness=np.where(inside(times_s, yawns_s), 0.9, 0.05),
        face_px=np.full(len(times_s), face_px),
        quality=np.ones(len(times_s)),
        tired=np.full(len(times_s), np.nan),
        trace=EyeTrace(fast_s, np.stack([closed, closed], axis=1)),
    )


def inside(times_s: Values, intervals_s: Sequence[tuple[float, float]]) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    """Return (n,) whether each time is in one of the intervals."""
    found = [(times_s >= start_s) & (times_s < end_s) for start_s, end_s in intervals_s]
    return np.asarray(np.any(found, axis=0) if found else np.zeros(len(times_s), np.bool_))


def blinks(every_s: float, until_s: float, *, length_s: float = 0.2, from_s: float = 0.5) -> list[tuple[float, float]]:
    """Return a blink ``every_s`` seconds."""
    return [(float(start_s), float(start_s) + length_s) for start_s in np.arange(from_s, until_s - 1, every_s)]
