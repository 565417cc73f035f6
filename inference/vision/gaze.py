"""Where a face looks and how open its eyes are, as one weight (Sharma et al. 2019, arXiv 1909.12913).

The direction is the head's: the paper's four directions are coarse, and `sharma-1` was published so. What the irises do
is a signal of its own (`concentration.irises_signal`).
"""

from __future__ import annotations

import numpy as np

from inference.vision.concentration import Indices, Values, head_offset_deg
from inference.vision.profiles import Profile

DIRECTIONS = ("centre", "side", "up", "down")


def gaze_weight(
    yaw_off_deg: Values, pitch_off_deg: Values, eye_openness: Values, *, closed_below: float, profile: Profile
) -> Values:
    """Return w_gaze (n,) in 0..5, by direction and opening; NaN where head or eyes were not measured.

    ``closed_below`` is the EAR below which this person's eyes count as closed.
    """
    table = np.array([profile.gaze_weights[name] for name in DIRECTIONS])
    direction = _direction(yaw_off_deg, pitch_off_deg, profile=profile)
    opening = _opening(eye_openness, closed_below, profile=profile)
    measured = np.isfinite(yaw_off_deg) & np.isfinite(pitch_off_deg) & np.isfinite(eye_openness)
    return np.where(measured, table[direction, opening], np.nan)


def _direction(yaw_off_deg: Values, pitch_off_deg: Values, *, profile: Profile) -> Indices:
    """Return (n,) which of ``DIRECTIONS`` a head points to, by the larger of its two offsets."""
    is_centred = head_offset_deg(yaw_off_deg, pitch_off_deg) <= profile.head_full_deg
    is_aside = np.abs(yaw_off_deg) >= np.abs(pitch_off_deg)
    return np.select([is_centred, is_aside, pitch_off_deg > 0], [0, 1, 2], 3)


def _opening(eye_openness: Values, closed_below: float, *, profile: Profile) -> Indices:
    """Return (n,) 0 open, 1 half open, 2 closed."""
    open_from = closed_below * profile.ear_half_open_ratio / profile.ear_closed_ratio
    return (eye_openness < open_from).astype(np.int64) + (eye_openness < closed_below)
