"""The index of stills by every profile, with each person's own head and eyes as the baseline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from benchmarks.stills import Stills, Values
from inference.vision.concentration import (
    Signals,
    closed_threshold,
    concentration,
    expression_signal,
    eyes_closed,
    eyes_signal,
    flag,
    head_offset_deg,
    head_offsets_deg,
    head_signal,
    irises_signal,
    lids_openness,
    lids_signal,
    narrowed,
)
from inference.vision.gaze import gaze_weight
from inference.vision.profiles import DEFAULT, DEFAULT_1, NO_EMOTION_1, PROFILES, Profile
from inference.vision.samples import TURNED

PARTS = ("expression_alone", "head_alone", "lids_alone", "irises_alone", "eyes_alone", "head_and_eyes_ranks")
SCORED = {**PROFILES, "default_1": DEFAULT_1, "no-emotion_1": NO_EMOTION_1}
People = npt.NDArray[np.str_]
Rows = npt.NDArray[np.intp]


def scores_of(stills: Stills, people: People, labels: tuple[str, ...]) -> Mapping[str, Values]:
    """Return (n,) the index by each profile, and its parts as they were measured; higher is more attentive.

    A still has no time: all pictures of a person make the baseline, whatever their level, and the eyes signal is the
    frame's own, where a recording has PERCLOS of a minute. NaN where the product would show no value.
    """
    clear = stills.where(np.ones(len(people), np.bool_))
    poor = ~np.isin(stills.rejection_code, (0, TURNED))
    for column in fields(Stills):
        getattr(clear, column.name)[poor] = np.nan
    found = {name: np.full(len(people), np.nan) for name in (*SCORED, *PARTS)}
    for rows in rows_by_person(people):
        for name, values in _of_person(clear, rows, labels):
            found[name][rows] = values
    return found


def _of_person(stills: Stills, rows: Rows, labels: tuple[str, ...]) -> Iterator[tuple[str, Values]]:
    for name, profile in SCORED.items():
        signals = _signals(stills, rows, labels, profile=profile)
        yield name, concentration(signals, profile=profile)
    offset_deg, openness = _offset_deg(stills, rows), stills.eye_openness[rows]
    signals = _signals(stills, rows, labels, profile=DEFAULT)
    yield from (
        ("expression_alone", signals.expression),
        ("lids_alone", signals.eyes),
        ("irises_alone", signals.irises),
    )
    yield "head_alone", -offset_deg
    yield "eyes_alone", openness
    yield "head_and_eyes_ranks", (_ranks(-offset_deg) + _ranks(openness)) / 2


def _ranks(values: Values) -> Values:
    """Return each value's place among those of the same person: a way to join signals that has no constant."""
    return np.asarray(rankdata(values, nan_policy="omit"), np.float64)


def closed_eyes(stills: Stills, people: People) -> Values:
    """Return (n,) 1 where eyes are closed against the person's own opening, 0 where not, NaN where not measured."""
    found = np.full(len(people), np.nan)
    for rows in rows_by_person(people):
        found[rows] = eyes_closed(np.zeros(len(rows)), stills.eye_openness[rows], profile=DEFAULT)
    return found


def rows_by_person(people: People) -> list[Rows]:
    """Return the rows of each person."""
    return [np.flatnonzero(people == name) for name in np.unique(people)]


def _signals(stills: Stills, rows: Rows, labels: tuple[str, ...], *, profile: Profile) -> Signals:
    once, openness = np.zeros(len(rows)), stills.eye_openness[rows]
    offsets_deg = head_offsets_deg(once, stills.yaw_deg[rows], stills.pitch_deg[rows], profile=profile)
    offset_deg, closed = head_offset_deg(*offsets_deg), eyes_closed(once, openness, profile=profile)
    closed_below = closed_threshold(once, openness, profile=profile)
    each = stills.eye_left_openness[rows], stills.eye_right_openness[rows]
    lids = lids_signal(once, lids_openness(*each, openness, stills.yaw_deg[rows]), closed, profile=profile)
    return Signals(
        expression=expression_signal(stills.probabilities[rows], labels, profile=profile),
        head=head_signal(offset_deg, profile=profile),
        eyes=narrowed(eyes_signal(closed, profile=profile), lids, profile=profile),
        gaze=gaze_weight(*offsets_deg, openness, closed_below=closed_below, profile=profile),
        is_eyes_closed=closed,
        is_head_turned=flag(offset_deg, offset_deg > profile.head_turned_deg),
        irises=irises_signal(once, stills.iris_x[rows], stills.iris_y[rows], closed, profile=profile),
    )


def _offset_deg(stills: Stills, rows: Rows) -> Values:
    once = np.zeros(len(rows))
    return head_offset_deg(*head_offsets_deg(once, stills.yaw_deg[rows], stills.pitch_deg[rows], profile=DEFAULT))
