"""Whether the eyes are closed, against the person's own open eyes; one is enough where the other cannot be read."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from inference.vision.concentration import Values
from inference.vision.fatigue.profile import FatigueProfile
from inference.vision.fatigue.signals import EyeTrace, TrackSignals
from inference.vision.fatigue.windows import weights_of

Mask = npt.NDArray[np.bool_]
# A closure of the fast sampling that is no flicker of one sample.
SURE_SAMPLES = 2


def open_eye(times_s: Values, openness: Values, *, profile: FatigueProfile) -> float:
    """Return the median EAR of one eye in the first clean minute: measured, and not shut; NaN under ten samples."""
    clean = np.flatnonzero(openness >= profile.closed_floor)
    seen_s = np.cumsum(weights_of(times_s)[clean])
    first = clean[seen_s <= profile.baseline_s]
    return float(np.median(openness[first])) if len(first) >= profile.baseline_least_samples else float("nan")


def closed_below(times_s: Values, openness: Values, *, profile: FatigueProfile) -> float:
    """Return the EAR below which this eye counts as closed."""
    own = open_eye(times_s, openness, profile=profile)
    return max(profile.closed_ratio * own, profile.closed_floor) if np.isfinite(own) else profile.closed_fallback


def closed_of_openness(signals: TrackSignals, *, profile: FatigueProfile) -> Values:
    """Return (n,) 1 where the eyes are closed by their EAR, 0 where open, NaN where neither eye was measured.

    Each eye is measured by its own threshold, then both are averaged. An eye that never moves while the other does
    (a reflection on a glass) is left out.
    """
    eyes = signals.eye_openness.T
    limits = np.array([[closed_below(signals.times_s, eye, profile=profile)] for eye in eyes])
    moves = np.array([_spread(eye) >= profile.least_spread for eye in eyes])
    used = moves if moves.any() else ~moves
    opening = _mean((eyes / limits)[used])
    return np.where(np.isfinite(opening), (opening < 1).astype(np.float64), np.nan)


def closed_of_trace(trace: EyeTrace, *, is_open_at_rest: Mask, profile: FatigueProfile) -> Values:
    """Return (m,) how surely the eyes are closed, 0..1, 0.5 being even; NaN where neither eye was measured.

    ``is_open_at_rest`` (2,) says of which eye the landmarks know that it rests open: where the network calls such an
    eye closed most of the first minute, it misreads it. An eye that stays open while the other one closes again and
    again is stuck. Either is left out.
    """
    eyes = trace.closed.T
    rest = np.array([_rest(trace.times_s, eye, profile=profile) for eye in eyes])
    limits = np.maximum((1 + rest) / 2, profile.closed_probability)
    used = ~((rest >= profile.closed_probability) & is_open_at_rest)
    closures = np.array([_sure_closures(eye > limit) for eye, limit in zip(eyes, limits, strict=True)])
    is_stuck = (closures == 0) & (closures[::-1] >= profile.stuck_closures) & used[::-1]
    levelled = np.stack([_levelled(eye, limit) for eye, limit in zip(eyes, limits, strict=True)])
    return _mean(levelled[used & ~is_stuck])


def is_open_at_rest(signals: TrackSignals, *, profile: FatigueProfile) -> Mask:
    """Return (2,) whether the landmarks of the first clean minute show each eye open beyond doubt."""
    eyes = signals.eye_openness.T
    own = np.array([open_eye(signals.times_s, eye, profile=profile) for eye in eyes])
    return np.asarray(own >= profile.closed_fallback)


def _rest(times_s: Values, closed: Values, *, profile: FatigueProfile) -> float:
    """Return the median probability of an eye's first minute: what the network says of it when nothing happens."""
    known = np.flatnonzero(np.isfinite(closed))
    first = known[np.cumsum(weights_of(times_s)[known]) <= profile.baseline_s]
    return float(np.median(closed[first])) if len(first) else 0.0


def _levelled(closed: Values, limit: float) -> Values:
    """Return probabilities bent so that ``limit`` lies at one half; their order stays."""
    below = 0.5 * closed / limit
    above = 0.5 + 0.5 * (closed - limit) / max(1 - limit, 1e-9)
    return np.clip(np.where(closed <= limit, below, above), 0.0, 1.0)


def _sure_closures(is_closed: Mask) -> int:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_closed, [False]])))
    return int((edges[1::2] - edges[::2] >= SURE_SAMPLES).sum())


def _spread(values: Values) -> float:
    known = values[np.isfinite(values)]
    return float(known.std()) if len(known) else 0.0


def _mean(rows: Values) -> Values:
    """Return (n,) the mean of ``rows`` (k, n) without NaN; NaN where there is none."""
    known = np.isfinite(rows)
    mean = np.full(rows.shape[1], np.nan)
    np.divide(np.nan_to_num(rows).sum(axis=0), known.sum(axis=0), out=mean, where=known.any(axis=0))
    return mean
