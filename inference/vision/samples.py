"""From raw observations to at most one sample a person and sampled frame, with signals, index and flags."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from inference.vision.concentration import (
    Indices,
    Signals,
    Values,
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
    perclos,
)
from inference.vision.gaze import gaze_weight
from inference.vision.profiles import Profile
from inference.vision.signals import PersonSignals, signals_of_people
from inference.vision.table import ObservationTable
from inference.vision.types import REJECTIONS

TURNED = REJECTIONS.index("turned")


@dataclass(frozen=True, slots=True)
class Unread:
    """Sampled frames in which a person was seen, but the expression not read: at most one a person and frame.

    ``person`` indexes the samples' ``people``; ``code`` (r,) is a place in ``types.REJECTIONS``.
    """

    person: Indices
    time_s: Values
    code: Indices


@dataclass(frozen=True, slots=True)
class Samples:
    """At most one observation a person and sampled frame, by person and time; all (n,), ``mix`` and extras (n, k).

    ``person`` indexes ``people``; ``weight_s`` is the time that the sample stands for. ``unread`` are the faces whose
    expression was not read, whether something else of them counts as a sample or not; ``faces`` are the signals of
    each of the ``people`` over time. ``row`` (n,) is a sample's place in the table, ``signals`` are what its index
    rests on.
    """

    people: Indices
    frame_times_s: Values
    frame_weights_s: Values
    person: Indices
    time_s: Values
    weight_s: Values
    index: Values
    mix: Values
    is_eyes_closed: Values
    is_head_turned: Values
    unread: Unread
    faces: tuple[PersonSignals, ...]
    row: Indices
    signals: Signals
    extras: Mapping[str, Values] = field(default_factory=dict)


def prepare(
    table: ObservationTable,
    frame_times_s: Values,
    *,
    profile: Profile,
    person_of_track: Mapping[int, int] | None = None,
) -> Samples:
    """Return the samples of each person: signals, index and flags, computed track by track.

    ``person_of_track`` names the tracks that show one person; a track that it lacks is a person of its own number.
    A person seen twice at one instant counts once, where the face is seen better.
    """
    frames_s = np.unique(frame_times_s)
    weights_s = frame_weights(frames_s)
    order = np.lexsort((table.time_s, table.track))
    frame = nearest(frames_s, table.time_s)
    signals = _signals_by_track(table, weights_s[frame], order, profile=profile)
    index = concentration(signals, profile=profile)
    owner = _people_of(table.track, person_of_track or {})
    kept = _once(owner, frame, table.quality, _is_valid(table, signals, index, profile=profile))
    unread = _unread_rows(table, owner, frame, kept)
    people = np.unique(np.concatenate([owner[kept], owner[unread]]))
    return Samples(
        people=people,
        frame_times_s=frames_s,
        frame_weights_s=weights_s,
        person=np.searchsorted(people, owner[kept]),
        time_s=frames_s[frame[kept]],
        weight_s=weights_s[frame[kept]],
        index=index[kept],
        mix=table.probabilities[kept],
        is_eyes_closed=signals.is_eyes_closed[kept],
        is_head_turned=signals.is_head_turned[kept],
        unread=Unread(
            person=np.searchsorted(people, owner[unread]),
            time_s=frames_s[frame[unread]],
            code=table.column("rejection_code")[unread].astype(np.int64),
        ),
        faces=signals_of_people(table, weights_s[frame], owner, people),
        row=kept,
        signals=signals.at(kept),
        extras={name: values[kept] for name, values in table.extras.items()},
    )


def frame_weights(frames_s: Values) -> Values:
    """Return (m,) the seconds that each sampled frame stands for: until the next one, at most two usual steps."""
    if len(frames_s) < 2:
        return np.ones(len(frames_s))
    steps = np.diff(frames_s)
    usual = float(np.median(steps))
    return np.asarray(np.minimum(np.append(steps, usual), 2 * usual), np.float64)


def nearest(frames_s: Values, time_s: Values) -> Indices:
    """Return (n,) the index of the sampled frame that is nearest to each time; stored times are rounded."""
    right = np.clip(np.searchsorted(frames_s, time_s), 1, max(len(frames_s) - 1, 1))
    last = np.minimum(right, len(frames_s) - 1)
    is_left = np.abs(time_s - frames_s[right - 1]) <= np.abs(time_s - frames_s[last])
    return np.where(is_left, right - 1, last).astype(np.int64)


def _signals_by_track(table: ObservationTable, weights_s: Values, order: Indices, *, profile: Profile) -> Signals:
    """Return signals in the table's order; baselines and windows belong to one track each."""
    columns = np.full((7, len(order)), np.nan)
    columns[0] = expression_signal(table.probabilities, table.labels, profile=profile)
    starts = np.flatnonzero(np.diff(table.track[order], prepend=-1))
    for rows in np.split(order, starts[1:]) if len(order) else []:
        columns[1:, rows] = _track_signals(table, rows, weights_s[rows], profile=profile)
    return Signals(*columns)


def _track_signals(table: ObservationTable, rows: Indices, weights_s: Values, *, profile: Profile) -> Values:
    """Return (6, n): head, eyes and gaze signals, eyes closed, head turned, irises of one track in order of time."""
    times_s, openness = table.time_s[rows], table.eye_openness[rows]
    offsets_deg = head_offsets_deg(times_s, table.yaw_deg[rows], table.pitch_deg[rows], profile=profile)
    offset_deg = head_offset_deg(*offsets_deg)
    is_closed = eyes_closed(times_s, openness, profile=profile)
    share = perclos(times_s, is_closed, weights_s, profile=profile)
    closed_below = closed_threshold(times_s, openness, profile=profile)
    lids = _lids(table, rows, is_closed, profile=profile)
    return np.stack([
        head_signal(offset_deg, profile=profile),
        narrowed(eyes_signal(share, profile=profile), lids, profile=profile),
        gaze_weight(*offsets_deg, openness, closed_below=closed_below, profile=profile),
        is_closed,
        flag(offset_deg, offset_deg > profile.head_turned_deg),
        _irises(table, rows, is_closed, profile=profile),
    ])  # fmt: skip


def _lids(table: ObservationTable, rows: Indices, is_closed: Values, *, profile: Profile) -> Values:
    each = table.column("eye_left_openness")[rows], table.column("eye_right_openness")[rows]
    openness = lids_openness(*each, table.eye_openness[rows], table.yaw_deg[rows])
    return lids_signal(table.time_s[rows], openness, is_closed, profile=profile)


def _irises(table: ObservationTable, rows: Indices, is_closed: Values, *, profile: Profile) -> Values:
    x, y = table.column("iris_x")[rows], table.column("iris_y")[rows]
    return irises_signal(table.time_s[rows], x, y, is_closed, profile=profile)


def _is_valid(table: ObservationTable, signals: Signals, index: Values, *, profile: Profile) -> npt.NDArray[np.bool_]:
    measured = np.isfinite(index)
    if profile.counts_unvalued:
        measured = np.isfinite(signals.expression) | np.isfinite(signals.head) | np.isfinite(signals.is_eyes_closed)
    return np.asarray(measured & _is_legible(table, profile=profile))


def _is_legible(table: ObservationTable, *, profile: Profile) -> npt.NDArray[np.bool_]:
    """Say which faces show anything surely: by the quality gate, and in runs from before it by their quality.

    A face turned aside still shows where it looks; one that is too small, blurred or covered shows nothing surely.
    """
    rejection = table.column("rejection_code")
    is_let_through = (rejection == 0) | (rejection == TURNED)
    return np.where(np.isfinite(rejection), is_let_through, table.quality >= profile.least_quality)


def _unread_rows(table: ObservationTable, owner: Indices, frame: Indices, kept: Indices) -> Indices:
    """Return the rows of faces whose expression was not read; none where the person was read in the same frame."""
    rejection = table.column("rejection_code")
    unread = _once(owner, frame, table.quality, rejection > 0)
    read = kept[~(rejection[kept] > 0)]
    n_frames = int(frame.max(initial=0)) + 1
    is_read = np.isin(owner[unread] * n_frames + frame[unread], owner[read] * n_frames + frame[read])
    return unread[~is_read]


def _people_of(track: Indices, person_of_track: Mapping[int, int]) -> Indices:
    numbers, position = np.unique(track, return_inverse=True)
    owners = np.array([person_of_track.get(int(number), int(number)) for number in numbers], np.int64)
    return np.asarray(owners[position] if len(owners) else track, np.int64)


def _once(owner: Indices, frame: Indices, quality: Values, valid: npt.NDArray[np.bool_]) -> Indices:
    """Return the rows to keep, by person and frame: of several at one instant the best seen."""
    order = np.lexsort((-quality, frame, owner))
    order = order[valid[order]]
    same = (np.diff(owner[order], prepend=-1) == 0) & (np.diff(frame[order], prepend=-1) == 0)
    return np.asarray(order[~same], np.int64)
