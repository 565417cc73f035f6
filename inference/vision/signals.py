"""One person's signals over time, for fatigue and the head's movements."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from inference.vision.concentration import Indices, Values
from inference.vision.fatigue.signals import EyeTrace, TrackSignals, join_signals
from inference.vision.head import Heads
from inference.vision.table import ObservationTable
from inference.vision.types import REJECTIONS

PHOTO = REJECTIONS.index("photo")


@dataclass(frozen=True, slots=True)
class PersonSignals:
    """One person's signals in order of time: the head of each track, and the face of all tracks together."""

    heads: tuple[Heads, ...]
    face: TrackSignals


def signals_of_people(
    table: ObservationTable, weights_s: Values, owner: Indices, people: Indices
) -> tuple[PersonSignals, ...]:
    """Return the signals of each of ``people``; ``owner`` (n,) says whose each row is. A still picture has none."""
    order = np.lexsort((table.time_s, table.track, owner))
    order = order[table.column("rejection_code")[order] != PHOTO]
    parts = np.split(order, np.searchsorted(owner[order], people[1:])) if len(people) else []
    return tuple(_person_signals(table, weights_s, rows) for rows in parts)


def _person_signals(table: ObservationTable, weights_s: Values, rows: Indices) -> PersonSignals:
    starts = np.flatnonzero(np.diff(table.track[rows]))
    tracks = np.split(rows, starts + 1)
    heads = tuple(_heads(table, weights_s, track) for track in tracks)
    return PersonSignals(heads, join_signals([_face(table, track) for track in tracks]))


def _heads(table: ObservationTable, weights_s: Values, rows: Indices) -> Heads:
    return Heads(
        time_s=table.time_s[rows],
        weight_s=weights_s[rows],
        yaw_deg=table.yaw_deg[rows],
        pitch_deg=table.pitch_deg[rows],
        confidence=table.column("pose_confidence")[rows],
    )


def _face(table: ObservationTable, rows: Indices) -> TrackSignals:
    """Return one track's face; an older run has one opening for both eyes.

    A face that was not read shows no eyes either: one that is bent down seems to have shut them.
    """
    eyes = np.stack([table.column("eye_left_openness")[rows], table.column("eye_right_openness")[rows]], axis=1)
    both = np.repeat(table.eye_openness[rows, None], 2, axis=1)
    is_fast = np.isin(table.eyes.track, table.track[rows[:1]])
    tired = table.probabilities[rows, table.labels.index("tired")] if "tired" in table.labels else np.nan
    return TrackSignals(
        times_s=table.time_s[rows],
        eye_openness=np.where(np.isfinite(eyes).any(axis=1, keepdims=True), eyes, both),
        mouth_openness=table.column("mouth_openness")[rows],
        face_px=table.column("face_px")[rows],
        quality=np.where(table.column("rejection_code")[rows] > 0, 0.0, table.quality[rows]),
        tired=np.broadcast_to(tired, len(rows)),
        trace=EyeTrace(table.eyes.time_s[is_fast], table.eyes.closed[is_fast]),
    )
