"""What one track's head does: where it looks against its own neutral pose, how often it turns, shakes and nods.

Left and right are those of the picture, as the viewer sees them: yaw is positive to the image's right (``types.py``),
which is the person's own left where the camera does not mirror. Up is positive pitch. What was not measured is NaN
and never counts as centre. ``docs/models/head-pose.md`` tells how the constants were found.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from inference.vision.cells import span_of
from inference.vision.concentration import Indices, Values
from inference.vision.fatigue.windows import ratio
from inference.vision.profiles import Profile
from inference.vision.shakes import measurable_s, shakes

DIRECTIONS = ("centre", "left", "right", "up", "down")
COUNTS = ("n_turns", "n_shakes", "n_nods")
# Neutral: the median of poses that are likely right, of at least so many seconds of them.
SURE_CONFIDENCE, LEAST_NEUTRAL_S = 0.7, 10.0
# A turn ends where the head comes back by this much inside ``Profile.head_turned_deg``: noise does not make two of one.
TURN_SLACK_DEG, LEAST_TURN_S = 5.0, 2.0


@dataclass(frozen=True, slots=True)
class Heads:
    """Poses of one track in order of time, each (n,); ``weight_s`` is the time that a sample stands for.

    ``yaw_deg`` and ``pitch_deg`` NaN: not measured. ``confidence`` 0..1, NaN where it was not stored.
    """

    time_s: Values
    weight_s: Values
    yaw_deg: Values
    pitch_deg: Values
    confidence: Values


@dataclass(frozen=True, slots=True)
class HeadTable:
    """What a head did in each of s spans, all (s,): shares of ``measured_s``, and counts of what began there.

    NaN where nothing was measured, and for shakes and nods where no samples were dense enough to see one.
    """

    measured_s: Values
    centre_share: Values
    left_share: Values
    right_share: Values
    up_share: Values
    down_share: Values
    n_turns: Values
    n_shakes: Values
    n_nods: Values


def head_of_spans(heads: Heads, spans: Values, *, profile: Profile, fast: Heads | None = None) -> HeadTable:
    """Return what one track's head did in ``spans`` (s, 2), which ascend and do not overlap.

    ``fast``: the same track at a higher rate, to count shakes and nods by; without it, ``heads`` serve.
    """
    yaw_off, pitch_off = offsets_deg(heads, window_s=profile.baseline_s)
    direction = directions(yaw_off, pitch_off, centre_deg=profile.head_ahead_deg)
    seconds = [_sums(heads.time_s, heads.weight_s * (direction == k), spans) for k in range(len(DIRECTIONS))]
    measured_s = np.sum(seconds, axis=0)
    turns_s = heads.time_s[turns(heads, yaw_off, turned_deg=profile.head_turned_deg)]
    swings = fast or heads
    n_turns = np.where(measured_s > 0, _sums(turns_s, np.ones(len(turns_s)), spans), np.nan)
    n_shakes, n_nods = (_shakes(swings, angle_deg, spans) for angle_deg in (swings.yaw_deg, swings.pitch_deg))
    shares = [ratio(each_s, measured_s) for each_s in seconds]
    return HeadTable(*[measured_s, *shares, n_turns, n_shakes, n_nods])


def joined(tables: Sequence[HeadTable]) -> HeadTable:
    """Return the table of one person from those of their tracks: seconds and counts add up, shares by seconds."""
    measured_s = np.sum([table.measured_s for table in tables], axis=0)
    shares = [
        ratio(np.nansum([getattr(table, f"{name}_share") * table.measured_s for table in tables], axis=0), measured_s)
        for name in DIRECTIONS
    ]
    return HeadTable(measured_s, *shares, *(_added([getattr(table, name) for table in tables]) for name in COUNTS))


def neutral_pose_deg(heads: Heads, *, window_s: float) -> tuple[float, float]:
    """Return yaw and pitch where this head mostly points: the median of the first ``window_s`` seconds.

    Of the poses that are likely right where they last long enough, else of all; NaN where those do not either.
    """
    known = np.isfinite(heads.yaw_deg) & np.isfinite(heads.pitch_deg)
    first_s = heads.time_s[known].min(initial=np.inf)
    early = known & (heads.time_s <= first_s + window_s)
    for chosen in (early & (heads.confidence >= SURE_CONFIDENCE), early):
        # Half a sample of slack: ten samples of a second each may add up to 9.99 s.
        if chosen.any() and heads.weight_s[chosen].sum() >= LEAST_NEUTRAL_S - 0.5 * np.median(heads.weight_s):
            return float(np.median(heads.yaw_deg[chosen])), float(np.median(heads.pitch_deg[chosen]))
    return float("nan"), float("nan")


def offsets_deg(heads: Heads, *, window_s: float) -> tuple[Values, Values]:
    """Return yaw and pitch (n,) against the neutral pose; NaN where either was not measured."""
    yaw, pitch = neutral_pose_deg(heads, window_s=window_s)
    known = np.isfinite(heads.yaw_deg) & np.isfinite(heads.pitch_deg)
    return np.where(known, heads.yaw_deg - yaw, np.nan), np.where(known, heads.pitch_deg - pitch, np.nan)


def directions(yaw_off_deg: Values, pitch_off_deg: Values, *, centre_deg: float) -> Indices:
    """Return (n,) which of ``DIRECTIONS`` a head points to, by the larger of its two offsets; -1: not measured."""
    known = np.isfinite(yaw_off_deg) & np.isfinite(pitch_off_deg)
    is_centred = np.maximum(np.abs(yaw_off_deg), np.abs(pitch_off_deg)) <= centre_deg
    is_aside = np.abs(yaw_off_deg) >= np.abs(pitch_off_deg)
    rules = [~known, is_centred, is_aside & (yaw_off_deg < 0), is_aside, pitch_off_deg > 0]
    return np.select(rules, [-1, 0, 1, 2, 3], 4).astype(np.int64)


def turns(heads: Heads, yaw_off_deg: Values, *, turned_deg: float) -> Indices:
    """Return the samples (k,) at which a turn to one side begins that lasts two seconds, seen at least twice."""
    if not len(yaw_off_deg):
        return np.empty(0, np.int64)
    side = np.where(np.abs(yaw_off_deg) > turned_deg - TURN_SLACK_DEG, np.sign(yaw_off_deg), 0.0)
    # A gap of more than two steps ends a turn too.
    is_gap = np.diff(heads.time_s, prepend=heads.time_s[0]) > 2.5 * np.median(heads.weight_s)
    starts = np.flatnonzero((np.diff(side, prepend=0.0) != 0) | is_gap | (np.arange(len(side)) == 0))
    is_far = (np.abs(yaw_off_deg) > turned_deg).astype(np.float64)
    far_s, n_far = np.add.reduceat(heads.weight_s * is_far, starts), np.add.reduceat(is_far, starts)
    is_long = far_s >= LEAST_TURN_S - 0.25 * np.median(heads.weight_s)
    return np.asarray(starts[(side[starts] != 0) & is_long & (n_far >= 2)], np.int64)


def _shakes(heads: Heads, angle_deg: Values, spans: Values) -> Values:
    """Return (s,) how many shakes begin in each span; NaN where none could be seen."""
    begun_s = shakes(heads.time_s, angle_deg)
    could_be_seen = _sums(heads.time_s, measurable_s(heads.weight_s, angle_deg), spans) > 0
    return np.where(could_be_seen, _sums(begun_s, np.ones(len(begun_s)), spans), np.nan)


def _sums(time_s: Values, values: Values, spans: Values) -> Values:
    """Return (s,) the sum of ``values`` (n,) in each span."""
    span, inside = span_of(time_s, spans)
    return np.bincount(span[inside], weights=values[inside], minlength=len(spans)).astype(np.float64)


def _added(rows: Sequence[Values]) -> Values:
    """Return the sum over rows (k, s) of what was measured; NaN where no row has it."""
    is_known = np.isfinite(rows).any(axis=0)
    return np.where(is_known, np.nansum(rows, axis=0), np.nan)
