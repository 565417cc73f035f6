"""The index of stills by every profile, with each person's own head and eyes as the baseline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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
)
from inference.vision.gaze import gaze_weight
from inference.vision.profiles import DEFAULT, PROFILES, Profile

PARTS = ("expression_alone", "head_alone", "eyes_alone", "head_and_eyes_ranks")
People = npt.NDArray[np.str_]
Rows = npt.NDArray[np.intp]


def scores_of(stills: Stills, people: People, labels: tuple[str, ...]) -> Mapping[str, Values]:
    """Return (n,) the index by each profile, and its parts as they were measured; higher is more attentive.

    A still has no time: all pictures of a person make the baseline, whatever their level, and the eyes signal is the
    frame's own, where a recording has PERCLOS of a minute. NaN where the product would show no value.
    """
    clear = stills.where(np.ones(len(people), np.bool_))
    poor = ~(stills.quality >= DEFAULT.least_quality)
    for column in (clear.yaw_deg, clear.pitch_deg, clear.eye_openness, clear.probabilities):
        column[poor] = np.nan
    found = {name: np.full(len(people), np.nan) for name in (*PROFILES, *PARTS)}
    for rows in rows_by_person(people):
        for name, values in _of_person(clear, rows, labels):
            found[name][rows] = values
    return found


def _of_person(stills: Stills, rows: Rows, labels: tuple[str, ...]) -> Iterator[tuple[str, Values]]:
    for name, profile in PROFILES.items():
        signals = _signals(stills, rows, labels, profile=profile)
        yield name, concentration(signals, profile=profile)
    offset_deg, openness = _offset_deg(stills, rows), stills.eye_openness[rows]
    yield "expression_alone", _signals(stills, rows, labels, profile=DEFAULT).expression
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
    return Signals(
        expression=expression_signal(stills.probabilities[rows], labels, profile=profile),
        head=head_signal(offset_deg, profile=profile),
        eyes=eyes_signal(closed, profile=profile),
        gaze=gaze_weight(*offsets_deg, openness, closed_below=closed_below, profile=profile),
        is_eyes_closed=closed,
        is_head_turned=flag(offset_deg, offset_deg > profile.head_turned_deg),
    )


def _offset_deg(stills: Stills, rows: Rows) -> Values:
    once = np.zeros(len(rows))
    return head_offset_deg(*head_offsets_deg(once, stills.yaw_deg[rows], stills.pitch_deg[rows], profile=DEFAULT))
