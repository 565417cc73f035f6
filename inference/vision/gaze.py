"""Where a face looks and how open its eyes are, as one weight (Sharma et al. 2019, arXiv 1909.12913).

The direction is the head's: the paper's four directions are coarse, and `sharma-1` was published so. What the irises do
is a signal of its own (`concentration.irises_signal`).
"""

from __future__ import annotations

import numpy as np

from inference.vision.concentration import Indices, Values
from inference.vision.head import DIRECTIONS, directions
from inference.vision.profiles import Profile

# The gaze of each of the head's directions; Sharma's table has one for both sides.
GAZE_OF = {"centre": "centre", "left": "side", "right": "side", "up": "up", "down": "down"}


def gaze_weight(
    yaw_off_deg: Values, pitch_off_deg: Values, eye_openness: Values, *, closed_below: float, profile: Profile
) -> Values:
    """Return w_gaze (n,) in 0..5, by direction and opening; NaN where head or eyes were not measured.

    ``closed_below`` is the EAR below which this person's eyes count as closed.
    """
    table = np.array([profile.gaze_weights[GAZE_OF[name]] for name in DIRECTIONS])
    direction = directions(yaw_off_deg, pitch_off_deg, centre_deg=profile.head_full_deg)
    opening = _opening(eye_openness, closed_below, profile=profile)
    measured = np.isfinite(yaw_off_deg) & np.isfinite(pitch_off_deg) & np.isfinite(eye_openness)
    return np.where(measured, table[direction, opening], np.nan)


def _opening(eye_openness: Values, closed_below: float, *, profile: Profile) -> Indices:
    """Return (n,) 0 open, 1 half open, 2 closed."""
    open_from = closed_below * profile.ear_half_open_ratio / profile.ear_closed_ratio
    return (eye_openness < open_from).astype(np.int64) + (eye_openness < closed_below)
