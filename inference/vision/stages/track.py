"""Faces linked in time: overlap, motion and looks. Rather a new track than a wrong one.

Tiles of a gallery stand still, so overlap alone links nearly all. What overlap cannot see is a layout change, where
one person's face lands on another's old place: every link is therefore also checked by looks (a small picture of the
face with its surroundings), and where looks and place disagree, looks win or a new track begins.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from inference.vision.stages.detect import overlaps
from inference.vision.stages.looks import LOOKS_SHAPE, likeness, looks_of, pack_looks, unpack_looks
from inference.vision.types import Detection, FloatArray, ImageArray, TrackedFace

# Chosen on re-lit, mirrored and shuffled galleries: docs/models/pipeline.md has the distributions.
MIN_OVERLAP = 0.2
MIN_LIKENESS = 0.35
MIN_RETURN_LIKENESS = 0.55
MIN_MOVED_LIKENESS = 0.8
LIKENESS_MARGIN = 0.12
# Someone who was away longer than this starts a new track even in the same tile.
REJOIN_S = 600.0
RECENT_S = 3.0
VELOCITY_GAIN = 0.5
MAX_PREDICTION_S = 1.0
IMPOSSIBLE = 1e3


@dataclass(frozen=True, slots=True)
class TrackMemory:
    """What is known of one track: where it was last (4,), how it moved (4,) in pixels a second, and its looks."""

    number: int
    box: FloatArray
    velocity: FloatArray
    seen_s: float
    looks: ImageArray

    def predicted(self, timestamp_s: float) -> FloatArray:
        """Return the box expected at ``timestamp_s``."""
        ahead_s = min(timestamp_s - self.seen_s, MAX_PREDICTION_S)
        return (self.box + self.velocity * np.float32(ahead_s)).astype(np.float32)


class Tracker:
    """Gives every detection a track number, frame by frame in order of time."""

    def __init__(self, state: dict[str, Any] | None = None) -> None:
        self._next_number = int(state["next_number"]) if state else 1
        self._tracks = [_track_from(row) for row in state["tracks"]] if state else []

    @property
    def state(self) -> dict[str, object]:
        """All that the next frame depends on, as JSON-serialisable values."""
        return {"next_number": self._next_number, "tracks": [_row_of(track) for track in self._tracks]}

    def update(self, image_bgr: ImageArray, timestamp_s: float, detections: list[Detection]) -> list[TrackedFace]:
        """Return ``detections`` with their track numbers, in the given order; each number at most once."""
        self._tracks = [track for track in self._tracks if timestamp_s - track.seen_s <= REJOIN_S]
        looks = [looks_of(image_bgr, detection.bbox_xyxy) for detection in detections]
        linked = self._link(timestamp_s, detections, looks)
        return [
            TrackedFace(self._remember(linked.get(i), timestamp_s, detection, looks[i]), detection)
            for i, detection in enumerate(detections)
        ]

    def _link(self, timestamp_s: float, detections: list[Detection], looks: list[ImageArray]) -> dict[int, int]:
        """Return which track position each linked detection continues."""
        if not self._tracks or not detections:
            return {}
        boxes = np.stack([detection.bbox_xyxy for detection in detections])
        place = self._place(boxes, timestamp_s)
        alike = np.array([[likeness(track.looks, look) for look in looks] for track in self._tracks])
        by_place = self._by_place(place, alike, timestamp_s)
        return by_place | _by_looks(alike, by_place)

    def _place(self, boxes: FloatArray, timestamp_s: float) -> FloatArray:
        """Return how well each track's place (n tracks, m boxes) explains each box: the better of still and moving."""
        still = overlaps(np.stack([track.box for track in self._tracks]), boxes)
        moving = overlaps(np.stack([track.predicted(timestamp_s) for track in self._tracks]), boxes)
        return np.maximum(still, moving)

    def _by_place(self, place: FloatArray, alike: FloatArray, timestamp_s: float) -> dict[int, int]:
        needed = np.array([self._needed_likeness(track, timestamp_s) for track in self._tracks])[:, None]
        allowed = (place >= MIN_OVERLAP) & (alike >= needed)
        return _assigned(np.where(allowed, 2 - place - alike, IMPOSSIBLE))

    def _needed_likeness(self, track: TrackMemory, timestamp_s: float) -> float:
        return MIN_LIKENESS if timestamp_s - track.seen_s <= RECENT_S else MIN_RETURN_LIKENESS

    def _remember(self, position: int | None, timestamp_s: float, detection: Detection, looks: ImageArray) -> int:
        if position is None:
            number, self._next_number = self._next_number, self._next_number + 1
            still = np.zeros(4, np.float32)
            self._tracks.append(TrackMemory(number, detection.bbox_xyxy, still, timestamp_s, looks))
            return number
        track = self._tracks[position]
        velocity = _velocity(track, detection.bbox_xyxy, timestamp_s)
        self._tracks[position] = replace(
            track, box=detection.bbox_xyxy, velocity=velocity, seen_s=timestamp_s, looks=looks
        )
        return track.number


def _by_looks(alike: FloatArray, linked: dict[int, int]) -> dict[int, int]:
    """Link what place could not, as after a layout change, where looks are close and nobody else's come near."""
    found = _assigned(np.where(alike >= MIN_MOVED_LIKENESS, 1 - alike, IMPOSSIBLE))
    free = {d: t for d, t in found.items() if d not in linked and t not in linked.values()}
    return {d: t for d, t in free.items() if _stands_out(alike, t, d)}


def _stands_out(alike: FloatArray, track: int, detection: int) -> bool:
    best = alike[track, detection]
    rivals = np.concatenate([np.delete(alike[track], detection), np.delete(alike[:, detection], track)])
    return bool(best - rivals.max(initial=0.0) >= LIKENESS_MARGIN)


def _assigned(cost: FloatArray) -> dict[int, int]:
    """Return detection -> track of the cheapest assignment of ``cost`` (tracks, detections), possible pairs only."""
    rows, columns = linear_sum_assignment(cost)
    return {int(column): int(row) for row, column in zip(rows, columns, strict=True) if cost[row, column] < IMPOSSIBLE}


def _velocity(track: TrackMemory, box: FloatArray, timestamp_s: float) -> FloatArray:
    elapsed_s = timestamp_s - track.seen_s
    if not 0 < elapsed_s <= RECENT_S:
        return np.zeros(4, np.float32)
    shift = (box - track.box) / np.float32(elapsed_s)
    return (np.float32(1 - VELOCITY_GAIN) * track.velocity + np.float32(VELOCITY_GAIN) * shift).astype(np.float32)


def _row_of(track: TrackMemory) -> dict[str, object]:
    return {
        "number": track.number,
        "box": [float(value) for value in track.box],
        "velocity": [float(value) for value in track.velocity],
        "seen_s": track.seen_s,
        "looks": pack_looks(track.looks),
    }


def _track_from(row: dict[str, Any]) -> TrackMemory:
    return TrackMemory(
        number=int(row["number"]),
        box=np.array(row["box"], np.float32),
        velocity=np.array(row["velocity"], np.float32),
        seen_s=float(row["seen_s"]),
        looks=unpack_looks(row["looks"]).reshape(LOOKS_SHAPE),
    )
