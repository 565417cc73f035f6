"""The concentration index: documented, versioned, pure functions of stored signals (docs/models/concentration.md).

It is no validated psychological scale and no grade: it says how much a face pattern looks like attention.
Signals that were not measured are NaN; the index then rests on the others, and is NaN where there is none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from inference.vision.profiles import Profile

Values: TypeAlias = npt.NDArray[np.float64]
Indices: TypeAlias = npt.NDArray[np.int64]


WEIGHED = ("expression", "head", "eyes", "irises")
"""The signals that a mean is taken of; the profile has a weight for each."""


@dataclass(frozen=True, slots=True)
class Signals:
    """What the index rests on, each (n,) in 0..1 or NaN; ``gaze`` is 0..5, the two flags are 1, 0 or NaN.

    ``gaze`` is the head's direction with the eyes' opening (`sharma`), ``irises`` how near to their usual place they
    are.
    """

    expression: Values
    head: Values
    eyes: Values
    gaze: Values
    is_eyes_closed: Values
    is_head_turned: Values
    irises: Values

    def at(self, rows: Indices) -> Signals:
        """Return the signals of ``rows`` (m,)."""
        return Signals(*(getattr(self, name)[rows] for name in Signals.__slots__))


def expression_signal(probabilities: Values, labels: tuple[str, ...], *, profile: Profile) -> Values:
    """Return A (n,) of ``probabilities`` (n, k) in the order of ``labels``; NaN without a network."""
    if not labels:
        return np.full(len(probabilities), np.nan)
    weights = np.array([profile.emotion_weights[label] for label in labels])
    return np.asarray(probabilities @ weights, np.float64)


def head_offsets_deg(times_s: Values, yaw_deg: Values, pitch_deg: Values, *, profile: Profile) -> tuple[Values, Values]:
    """Return yaw and pitch (n,) of one track's head against where it mostly points, with their signs."""
    yaw_off = yaw_deg - baseline(times_s, yaw_deg, window_s=profile.baseline_s)
    pitch_off = pitch_deg - baseline(times_s, pitch_deg, window_s=profile.baseline_s)
    return yaw_off, pitch_off


def head_offset_deg(yaw_off_deg: Values, pitch_off_deg: Values) -> Values:
    """Return (n,) how far a head is from where it mostly points, the larger of yaw and pitch."""
    return np.asarray(np.maximum(np.abs(yaw_off_deg), np.abs(pitch_off_deg)), np.float64)


def head_signal(offset_deg: Values, *, profile: Profile) -> Values:
    """Return H (n,): 1 inside ``head_full_deg``, 0 beyond ``head_zero_deg``, linear between."""
    span_deg = profile.head_zero_deg - profile.head_full_deg
    return np.clip((profile.head_zero_deg - offset_deg) / span_deg, 0.0, 1.0)


def baseline(times_s: Values, values: Values, *, window_s: float) -> float:
    """Return the median of a track's first ``window_s`` seconds; NaN where nothing was measured in them."""
    known = np.isfinite(values)
    if not known.any():
        return float("nan")
    first_s = times_s[known][0]
    return float(np.median(values[known & (times_s <= first_s + window_s)]))


def eyes_closed(times_s: Values, eye_openness: Values, *, profile: Profile) -> Values:
    """Return (n,) 1 where one track's eyes are closed, 0 where open, NaN where they were not measured."""
    threshold = closed_threshold(times_s, eye_openness, profile=profile)
    return flag(eye_openness, eye_openness < threshold)


def closed_threshold(times_s: Values, eye_openness: Values, *, profile: Profile) -> float:
    """Return the EAR below which this person's eyes count as closed."""
    known = np.isfinite(eye_openness)
    if known.sum() < profile.ear_least_samples:
        return profile.ear_closed_fallback
    personal = profile.ear_closed_ratio * baseline(times_s, eye_openness, window_s=profile.baseline_s)
    return max(personal, profile.ear_closed_floor)


def perclos(times_s: Values, is_closed: Values, weights_s: Values, *, profile: Profile) -> Values:
    """Return (n,) the share of measured time with closed eyes in the window before each sample.

    NaN until ``perclos_least_s`` seconds of the window were measured. ``times_s`` ascends.
    """
    measured_s = np.where(np.isfinite(is_closed), weights_s, 0.0)
    closed_s = measured_s * np.nan_to_num(is_closed)
    start = np.searchsorted(times_s, times_s - profile.perclos_window_s, side="right")
    measured, closed = _window_sums(measured_s, start), _window_sums(closed_s, start)
    # Half a sample of slack: ten samples of a second each may add up to 9.99 s.
    enough = measured >= profile.perclos_least_s - 0.5 * weights_s
    share = np.full(len(times_s), np.nan)
    np.divide(closed, measured, out=share, where=enough & (measured > 0))
    return share


def eyes_signal(perclos_share: Values, *, profile: Profile) -> Values:
    """Return O (n,): 1 with eyes always open, 0 from PERCLOS ``perclos_zero`` on."""
    return np.clip(1.0 - perclos_share / profile.perclos_zero, 0.0, 1.0)


def narrowed(eyes: Values, lids: Values, *, profile: Profile) -> Values:
    """Return O (n,) as the profile reads it: no more than ``lids`` (n,) where it reads these too."""
    return np.fmin(eyes, lids) if profile.eyes_by == "lids" else eyes


def lids_openness(left: Values, right: Values, mean: Values, yaw_deg: Values) -> Values:
    """Return (n,) the EAR of the narrower eye as it were from the front; of ``mean`` where there is none for each eye.

    A head that is turned shortens its eyes' width, not their height.
    """
    narrower = np.where(np.isfinite(left + right), np.fmin(left, right), mean)
    return np.asarray(narrower * np.cos(np.radians(yaw_deg)), np.float64)


def lids_signal(times_s: Values, openness: Values, is_closed: Values, *, profile: Profile) -> Values:
    """Return (n,) 1 where one track's lids are as wide as they mostly are, 0 where lowered to ``lids_zero`` of it."""
    share = openness / baseline(times_s, openness, window_s=profile.baseline_s)
    wide = np.clip((share - profile.lids_zero) / (profile.lids_full - profile.lids_zero), 0.0, 1.0)
    return np.where(is_closed == 1, 0.0, wide)


def irises_signal(times_s: Values, x: Values, y: Values, is_closed: Values, *, profile: Profile) -> Values:
    """Return (n,) 1 where one track's irises are where they mostly are, 0 from ``irises_zero`` eye widths off.

    Closed eyes look at nothing: 0.
    """
    side = profile.irises_side_share * (x - baseline(times_s, x, window_s=profile.baseline_s))
    off = np.hypot(side, y - baseline(times_s, y, window_s=profile.baseline_s))
    near = np.clip((profile.irises_zero - off) / (profile.irises_zero - profile.irises_full), 0.0, 1.0)
    return np.where(is_closed == 1, 0.0, near)


def concentration(signals: Signals, *, profile: Profile) -> Values:
    """Return CI (n,) in 0..100 as the profile combines the signals; NaN where it cannot."""
    if profile.combination == "product":
        return _product(signals, profile=profile)
    return _weighted_mean(signals, profile=profile)


def _product(signals: Signals, *, profile: Profile) -> Values:
    """Return emotion times gaze; NaN where either is missing: to leave a factor out would count it as perfect."""
    return np.asarray(100.0 * signals.expression * signals.gaze / profile.product_full, np.float64)


def _weighted_mean(signals: Signals, *, profile: Profile) -> Values:
    """Return the weighted mean of the signals that are there; NaN where none is."""
    points = points_of(signals, profile=profile)
    return np.where(np.isfinite(points).any(axis=0), points.sum(axis=0), np.nan)


def points_of(signals: Signals, *, profile: Profile) -> Values:
    """Return (4, n) how many points of a mean each of ``WEIGHED`` gives: 0 where it is missing, NaN where all are."""
    values = np.stack([getattr(signals, name) for name in WEIGHED])
    weights = np.array([[getattr(profile, f"{name}_weight")] for name in WEIGHED])
    available = np.where(np.isfinite(values), weights, 0.0)
    total = available.sum(axis=0)
    points = np.full(values.shape, np.nan)
    np.divide(100.0 * available * np.nan_to_num(values), total, out=points, where=total > 0)
    return points


def flag(measured: Values, condition: npt.NDArray[np.bool_]) -> Values:
    """Return (n,) 1 or 0 by ``condition``, NaN where ``measured`` is NaN."""
    return np.where(np.isfinite(measured), condition.astype(np.float64), np.nan)


def _window_sums(values: Values, start: npt.NDArray[np.intp]) -> Values:
    """Return (n,) the sums of ``values[start[i] : i + 1]``."""
    sums = np.concatenate([[0.0], np.cumsum(values)])
    return np.asarray(sums[1:] - sums[start], dtype=np.float64)
