"""Faces linked in time: overlap, motion and looks. Rather a new track than a wrong one.

Tiles of a gallery stand still, so overlap alone links nearly all. What overlap cannot see is a layout change, where
one person's face lands on another's old place: every link is therefore also checked by looks (a small picture of the
face with its surroundings), and where looks and place disagree, looks win or a new track begins.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import linear_sum_assignment

from inference.vision.stages.detect import overlaps
from inference.vision.stages.looks import likeness, looks_of, pack_looks, unpack_looks
from inference.vision.types import Detection, FloatArray, ImageArray, TrackedFace

# Chosen on re-lit, mirrored and shuffled galleries: docs/models/pipeline.md has the distributions.
MIN_OVERLAP = 0.2
MIN_LIKENESS = 0.66
MIN_RETURN_LIKENESS = 0.68
MIN_CHANGED_LIKENESS = 0.74
MIN_MOVED_LIKENESS = 0.8
LIKENESS_MARGIN = 0.08
# A frame in which at least two and a fifth of the present places look unlike themselves is a layout change.
CHANGED_PLACES, CHANGED_SHARE = 2, 0.2
# Someone who was away longer than this starts a new track even in the same tile.
REJOIN_S = 600.0
RECENT_S = 3.0
MAX_REMEMBERED = 128
ALBUM_SIZE, ALBUM_EVERY_S = 3, 15.0
VELOCITY_GAIN = 0.5
MAX_PREDICTION_S = 1.0
IMPOSSIBLE = 1e3


@dataclass(frozen=True, slots=True)
class TrackMemory:
    """What is known of one track: where it was last (4,), how it moved (4,) in pixels a second, and its looks.

    ``album`` holds earlier looks, the last one taken at ``album_s``: who returns need not look as when leaving.
    ``is_displaced``: the layout changed while the face was away, so its place says nothing any more.
    """

    number: int
    box: FloatArray
    velocity: FloatArray
    seen_s: float
    looks: ImageArray
    album: tuple[ImageArray, ...]
    album_s: float
    is_displaced: bool = False

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
        self._forget(timestamp_s)
        if not detections:
            return []
        boxes = np.stack([detection.bbox_xyxy for detection in detections])
        looks = np.stack([looks_of(image_bgr, box) for box in boxes])
        linked = self._link(image_bgr, timestamp_s, boxes, looks)
        numbers = {
            i: self._remember(linked.get(i), timestamp_s, detections[i], looks[i]) for i in _reading_order(boxes)
        }
        return [TrackedFace(numbers[i], detection) for i, detection in enumerate(detections)]

    def _forget(self, now_s: float) -> None:
        """Drop who was away too long and, in a crowd, who was away longest: memory and time stay bounded."""
        present = [track for track in self._tracks if now_s - track.seen_s <= REJOIN_S]
        dropped = {track.number for track in sorted(present, key=lambda track: -track.seen_s)[MAX_REMEMBERED:]}
        self._tracks = [track for track in present if track.number not in dropped]

    def _link(self, image_bgr: ImageArray, now_s: float, boxes: FloatArray, looks: ImageArray) -> dict[int, int]:
        """Return which track position each linked detection continues."""
        if not self._tracks or not len(boxes):
            return {}
        alike = _Alike(np.stack([track.looks for track in self._tracks]), looks)
        stays = self._stays(image_bgr)
        is_changed = self._is_changed(stays, now_s)
        linked = self._by_place(now_s, boxes, alike, stays, is_changed=is_changed)
        doubtful = {d for d, t in linked.items() if alike[t, d] < MIN_MOVED_LIKENESS}
        if doubtful or len(linked) < len(boxes):
            linked = {d: t for d, t in linked.items() if d not in doubtful or not _belongs_elsewhere(alike.all(), t, d)}
            linked |= _by_looks(alike.all(), linked)
        if is_changed:
            self._displace(set(linked.values()))
        return linked

    def _by_place(
        self, now_s: float, boxes: FloatArray, alike: _Alike, stays: FloatArray, *, is_changed: bool
    ) -> dict[int, int]:
        """Link where places overlap and either the face or its unmoved surroundings still look the same."""
        place = self._place(boxes, now_s)
        cost = np.full(place.shape, IMPOSSIBLE)
        pairs = np.argwhere(place >= MIN_OVERLAP)
        for (t, d), face in zip(pairs, alike.pairs(pairs), strict=True):
            track = self._tracks[t]
            is_back = now_s - track.seen_s > RECENT_S
            needed = MIN_CHANGED_LIKENESS if is_changed else MIN_RETURN_LIKENESS if is_back else MIN_LIKENESS
            known = max(face, stays[t], _album_likeness(track, alike.looks_of(d)) if is_back else 0)
            if known >= needed and not track.is_displaced:
                cost[t, d] = 2 - place[t, d] - face
        return _assigned(cost)

    def _is_changed(self, stays: FloatArray, now_s: float) -> bool:
        """Say whether the layout changed since the frame before."""
        last_s = max(track.seen_s for track in self._tracks)
        present = stays[[track.seen_s == last_s and now_s - last_s <= RECENT_S for track in self._tracks]]
        changed = int((present < MIN_LIKENESS).sum())
        return changed >= CHANGED_PLACES and changed >= CHANGED_SHARE * len(present)

    def _displace(self, linked: set[int]) -> None:
        self._tracks = [
            track if position in linked else replace(track, is_displaced=True)
            for position, track in enumerate(self._tracks)
        ]

    def _place(self, boxes: FloatArray, now_s: float) -> FloatArray:
        """Return how well each track's place (n tracks, m boxes) explains each box: the better of still and moving."""
        still = overlaps(np.stack([track.box for track in self._tracks]), boxes)
        moving = overlaps(np.stack([track.predicted(now_s) for track in self._tracks]), boxes)
        return np.maximum(still, moving)

    def _stays(self, image_bgr: ImageArray) -> FloatArray:
        """Return how much the place of each track (n,) still looks as it did, wherever the face in it went."""
        now = np.stack([looks_of(image_bgr, track.box) for track in self._tracks])
        return likeness(np.stack([track.looks for track in self._tracks]), now)

    def _remember(self, position: int | None, timestamp_s: float, detection: Detection, looks: ImageArray) -> int:
        if position is None:
            number, self._next_number = self._next_number, self._next_number + 1
            still = np.zeros(4, np.float32)
            self._tracks.append(
                TrackMemory(number, detection.bbox_xyxy, still, timestamp_s, looks, (looks,), timestamp_s)
            )
            return number
        self._tracks[position] = _continued(self._tracks[position], timestamp_s, detection.bbox_xyxy, looks)
        return self._tracks[position].number


class _Alike:
    """Likeness of tracks and detections, computed only for the pairs that are asked for."""

    def __init__(self, tracks: ImageArray, detections: ImageArray) -> None:
        self._tracks, self._detections = tracks, detections
        self._known: dict[tuple[int, int], float] = {}
        self._all: FloatArray | None = None

    def __getitem__(self, pair: tuple[int, int]) -> float:
        return self._known[pair]

    def looks_of(self, detection: int) -> ImageArray:
        """Return the looks of a detection."""
        return np.asarray(self._detections[detection], np.uint8)

    def pairs(self, pairs: npt.NDArray[np.intp]) -> list[float]:
        """Return the likeness of (track, detection) pairs (n, 2)."""
        if not len(pairs):
            return []
        found = likeness(self._tracks[pairs[:, 0]], self._detections[pairs[:, 1]]).tolist()
        self._known |= {(int(t), int(d)): value for (t, d), value in zip(pairs, found, strict=True)}
        return list(found)

    def all(self) -> FloatArray:
        """Return the likeness of every track with every detection (n, m)."""
        if self._all is None:
            shape = len(self._tracks), len(self._detections)
            pairs = np.argwhere(np.ones(shape, bool))
            self._all = np.array(self.pairs(pairs), np.float32).reshape(shape)
        return self._all


def _continued(track: TrackMemory, now_s: float, box: FloatArray, looks: ImageArray) -> TrackMemory:
    """Return the track as it is after it was seen again."""
    velocity = _velocity(track, box, now_s)
    track = replace(track, box=box, velocity=velocity, seen_s=now_s, looks=looks, is_displaced=False)
    if now_s - track.album_s < ALBUM_EVERY_S:
        return track
    return replace(track, album=(*track.album, looks)[-ALBUM_SIZE:], album_s=now_s)


def _album_likeness(track: TrackMemory, looks: ImageArray) -> float:
    return float(likeness(np.stack(track.album), np.stack([looks] * len(track.album))).max())


def _belongs_elsewhere(alike: FloatArray, track: int, detection: int) -> bool:
    """Say whether the track resembles another detection, or the detection another track, clearly more."""
    rival = max(_rivals(alike, track, detection))
    return bool(rival >= MIN_RETURN_LIKENESS and rival >= alike[track, detection] + LIKENESS_MARGIN)


def _by_looks(alike: FloatArray, linked: dict[int, int]) -> dict[int, int]:
    """Link what place could not, as after a layout change, where looks are close and nobody else's come near."""
    free = alike.copy()
    free[list(linked.values()), :] = free[:, list(linked)] = 0
    found = _assigned(np.where(free >= MIN_MOVED_LIKENESS, 1 - free, IMPOSSIBLE))
    return {d: t for d, t in found.items() if alike[t, d] - max(_rivals(alike, t, d)) >= LIKENESS_MARGIN}


def _rivals(alike: FloatArray, track: int, detection: int) -> list[float]:
    """Return the best likeness of the track with other detections, and of the detection with other tracks."""
    others = np.delete(alike[track], detection), np.delete(alike[:, detection], track)
    return [float(values.max(initial=0.0)) for values in others]


def _reading_order(boxes: FloatArray) -> list[int]:
    """Return the order in which new faces are numbered: rows from the top, each from the left."""
    height = float(np.median(boxes[:, 3] - boxes[:, 1]))
    rows = np.round((boxes[:, 1] + boxes[:, 3]) / (2 * max(height, 1) * 1.5))
    return [int(i) for i in np.lexsort((boxes[:, 0], rows))]


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
        "album": [pack_looks(looks) for looks in track.album],
        "album_s": track.album_s,
        "is_displaced": track.is_displaced,
    }


def _track_from(row: dict[str, Any]) -> TrackMemory:
    return TrackMemory(
        number=int(row["number"]),
        box=np.array(row["box"], np.float32),
        velocity=np.array(row["velocity"], np.float32),
        seen_s=float(row["seen_s"]),
        looks=unpack_looks(row["looks"]),
        album=tuple(unpack_looks(text) for text in row["album"]),
        album_s=float(row["album_s"]),
        is_displaced=bool(row["is_displaced"]),
    )
