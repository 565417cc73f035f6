"""What is told of a person beside the index, by span: why a face was not read, where the head points, and fatigue."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from inference.vision.concentration import Values
from inference.vision.fatigue.profile import FatigueProfile
from inference.vision.fatigue.spans import fatigue_of_spans
from inference.vision.head import head_of_spans, joined
from inference.vision.profiles import Profile
from inference.vision.signals import PersonSignals
from inference.vision.sums import Sums
from inference.vision.types import REJECTIONS

UNREAD_SIGNS = tuple(f"{reason}_share" for reason in REJECTIONS[1:])
HEAD_SIGNS = (
    "look_left_share",
    "look_right_share",
    "look_up_share",
    "look_down_share",
    "n_turns",
    "n_shakes",
    "n_nods",
)
FATIGUE_SIGNS = ("fatigue", "tired_share", "perclos", "blinks_per_min", "n_long_closures", "n_yawns")
SIGNS = (*UNREAD_SIGNS, *HEAD_SIGNS, *FATIGUE_SIGNS)
"""The names of all signs. Shares and levels are 0..1, counts are those of the span; NaN: not measured."""
# Where no emotion may be inferred, what is seen is told sign by sign and never combined into a level or a class.
OBSERVABLE_SIGNS = (
    *UNREAD_SIGNS, "look_left_share", "look_right_share", "look_up_share", "look_down_share", "n_turns", "perclos",
)  # fmt: skip


def signs_of(sums: Sums, *, profile: Profile, fatigue: FatigueProfile) -> dict[str, Values]:
    """Return each of ``SIGNS`` (p, s) of p people in s spans."""
    spans = sums.spans
    people = [_of_person(signals, spans, profile=profile, fatigue=fatigue) for signals in sums.samples.faces]
    found = {name: _rows([person[name] for person in people], len(spans)) for name in (*HEAD_SIGNS, *FATIGUE_SIGNS)}
    return {**unread_shares(sums), **found}


def unread_shares(sums: Sums) -> dict[str, Values]:
    """Return the share of sampled frames (p, s) in which each person was seen but not read, by reason."""
    unread, frames = sums.samples.unread, np.maximum(sums.frames(), 1)
    return {
        name: sums.seen(unread.person[unread.code == code], unread.time_s[unread.code == code]) / frames
        for code, name in enumerate(UNREAD_SIGNS, start=1)
    }


def _of_person(
    signals: PersonSignals, spans: Values, *, profile: Profile, fatigue: FatigueProfile
) -> Mapping[str, Values]:
    head = joined([head_of_spans(heads, spans, profile=profile) for heads in signals.heads])
    tired = fatigue_of_spans(signals.face, spans, profile=fatigue)
    shares = (head.left_share, head.right_share, head.up_share, head.down_share)
    values = (
        *shares, head.n_turns, head.n_shakes, head.n_nods,
        tired.level, tired.tired_share, tired.perclos, tired.blinks_per_min, tired.n_long_closures, tired.n_yawns,
    )  # fmt: skip
    return dict(zip((*HEAD_SIGNS, *FATIGUE_SIGNS), values, strict=True))


def _rows(rows: list[Values], n_spans: int) -> Values:
    return np.array(rows, np.float64).reshape(-1, n_spans)
