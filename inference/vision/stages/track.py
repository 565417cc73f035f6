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
from inference.vision.stages.looks import likeness, looks_frame, looks_of, pack_looks, unpack_looks
from inference.vision.types import Detection, FloatArray, ImageArray, TrackedFace

# Chosen on re-lit, mirrored and shuffled galleries: docs/models/pipeline.md has the distributions.
MIN_OVERLAP = 0.2
MIN_LIKENESS = 0.58
STRANGER_LIKENESS = 0.62
MIN_RETURN_LIKENESS = 0.69
MIN_CHANGED_LIKENESS = 0.74
MIN_MOVED_LIKENESS = 0.82
# No wrong link by place came near this, so nobody looks for a better one.
CERTAIN_LIKENESS = 0.77
LIKENESS_MARGIN = 0.1
# A frame in which at least two and a fifth of the places hold a stranger is a layout change.
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
        small, scale = looks_frame(image_bgr)
        looks = np.stack([looks_of(small, box * np.float32(scale)) for box in boxes])
        linked = self._link(timestamp_s, boxes, looks, self._stays(small, scale))
        numbers = {
            i: self._remember(linked.get(i), timestamp_s, detections[i], looks[i]) for i in _reading_order(boxes)
        }
        return [TrackedFace(numbers[i], detection) for i, detection in enumerate(detections)]

    def _forget(self, now_s: float) -> None:
        """Drop who was away too long and, in a crowd, who was away longest: memory and time stay bounded."""
        present = [track for track in self._tracks if now_s - track.seen_s <= REJOIN_S]
        dropped = {track.number for track in sorted(present, key=lambda track: -track.seen_s)[MAX_REMEMBERED:]}
        self._tracks = [track for track in present if track.number not in dropped]

    def _link(self, now_s: float, boxes: FloatArray, looks: ImageArray, stays: FloatArray) -> dict[int, int]:
        """Return which track position each linked detection continues."""
        if not self._tracks:
            return {}
        alike = _Alike(np.stack([track.looks for track in self._tracks]), looks)
        place = self._place(boxes, now_s)
        known = self._known(now_s, place, alike, stays)
        is_changed = self._is_changed(known, now_s)
        linked = self._by_place(now_s, place, known, is_changed=is_changed)
        doubtful = {d: t for d, t in linked.items() if alike[t, d] < CERTAIN_LIKENESS}
        wrong = {d for d, t in doubtful.items() if _belongs_elsewhere(alike, t, d)}
        linked = {d: t for d, t in linked.items() if d not in wrong}
        if len(linked) < len(boxes):
            linked |= _by_looks(alike, linked, place.shape)
        if is_changed:
            self._displace(set(linked.values()))
        return linked

    def _known(self, now_s: float, place: FloatArray, alike: _Alike, stays: FloatArray) -> FloatArray:
        """Return how well each box (n tracks, m boxes) in a track's place is known there; NaN in other places.

        Either the face with its surroundings looks the same, wherever it moved, or the surroundings stayed. For who
        was away, earlier looks count too.
        """
        known = np.full(place.shape, np.nan, np.float32)
        pairs = np.argwhere(place >= MIN_OVERLAP)
        for (t, d), face in zip(pairs, alike.pairs(pairs), strict=True):
            is_back = now_s - self._tracks[t].seen_s > RECENT_S
            known[t, d] = max(face, stays[t], _album_likeness(self._tracks[t], alike.looks_of(d)) if is_back else 0)
        return known

    def _by_place(self, now_s: float, place: FloatArray, known: FloatArray, *, is_changed: bool) -> dict[int, int]:
        """Link where places overlap and the face or its surroundings are known there."""
        recent = [MIN_LIKENESS if now_s - track.seen_s <= RECENT_S else MIN_RETURN_LIKENESS for track in self._tracks]
        needed = np.maximum(recent, MIN_CHANGED_LIKENESS if is_changed else 0)
        needed[[track.is_displaced for track in self._tracks]] = IMPOSSIBLE
        return _assigned(np.where(np.nan_to_num(known) >= needed[:, None], 2 - place - known, IMPOSSIBLE))

    def _is_changed(self, known: FloatArray, now_s: float) -> bool:
        """Say whether the layout changed: several places that had a face in the last frame now have a stranger's."""
        last_s = max(track.seen_s for track in self._tracks)
        is_present = [track.seen_s == last_s and now_s - last_s <= RECENT_S for track in self._tracks]
        best = np.nan_to_num(known, nan=-1).max(axis=1)[is_present]
        strangers = int(((best >= 0) & (best < STRANGER_LIKENESS)).sum())
        return strangers >= CHANGED_PLACES and strangers >= CHANGED_SHARE * len(best)

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

    def _stays(self, small: ImageArray, scale: float) -> FloatArray:
        """Return how much the place of each track (n,) still looks as it did, wherever the face in it went."""
        if not self._tracks:
            return np.zeros(0, np.float32)
        now = np.stack([looks_of(small, track.box * np.float32(scale)) for track in self._tracks])
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
        self._values = np.full((len(tracks), len(detections)), np.nan, np.float32)

    def __getitem__(self, pair: tuple[int, int]) -> float:
        return float(self.pairs(np.array([pair]))[0])

    def looks_of(self, detection: int) -> ImageArray:
        """Return the looks of a detection."""
        return np.asarray(self._detections[detection], np.uint8)

    def pairs(self, pairs: npt.NDArray[np.intp]) -> FloatArray:
        """Return the likeness (n,) of (track, detection) pairs (n, 2)."""
        missing = pairs[np.isnan(self._values[pairs[:, 0], pairs[:, 1]])]
        if len(missing):
            found = likeness(self._tracks[missing[:, 0]], self._detections[missing[:, 1]])
            self._values[missing[:, 0], missing[:, 1]] = found
        return self._values[pairs[:, 0], pairs[:, 1]]

    def row(self, track: int) -> FloatArray:
        """Return the likeness of a track with every detection."""
        return self.pairs(np.array([(track, d) for d in range(len(self._detections))]))

    def column(self, detection: int) -> FloatArray:
        """Return the likeness of every track with a detection."""
        return self.pairs(np.array([(t, detection) for t in range(len(self._tracks))]))

    def rival(self, track: int, detection: int) -> float:
        """Return the best likeness of the track with other detections and of the detection with other tracks."""
        others = np.delete(self.row(track), detection), np.delete(self.column(detection), track)
        return float(np.concatenate(others).max(initial=0.0))


def _continued(track: TrackMemory, now_s: float, box: FloatArray, looks: ImageArray) -> TrackMemory:
    """Return the track as it is after it was seen again."""
    velocity = _velocity(track, box, now_s)
    track = replace(track, box=box, velocity=velocity, seen_s=now_s, looks=looks, is_displaced=False)
    if now_s - track.album_s < ALBUM_EVERY_S:
        return track
    return replace(track, album=(*track.album, looks)[-ALBUM_SIZE:], album_s=now_s)


def _album_likeness(track: TrackMemory, looks: ImageArray) -> float:
    return float(likeness(np.stack(track.album), np.stack([looks] * len(track.album))).max())


def _belongs_elsewhere(alike: _Alike, track: int, detection: int) -> bool:
    """Say whether the track resembles another detection, or the detection another track, clearly more."""
    rival = alike.rival(track, detection)
    return rival >= MIN_RETURN_LIKENESS and rival >= alike[track, detection] + LIKENESS_MARGIN


def _by_looks(alike: _Alike, linked: dict[int, int], shape: tuple[int, ...]) -> dict[int, int]:
    """Link what place could not, as after a layout change, where looks are close and nobody else's come near."""
    cost = np.full(shape, IMPOSSIBLE)
    taken = list(linked.values())
    for detection in set(range(shape[1])) - set(linked):
        column = alike.column(detection)
        cost[:, detection] = np.where(column >= MIN_MOVED_LIKENESS, 1 - column, IMPOSSIBLE)
    cost[taken, :] = IMPOSSIBLE
    found = _assigned(cost)
    return {d: t for d, t in found.items() if alike[t, d] - alike.rival(t, d) >= LIKENESS_MARGIN}


def _reading_order(boxes: FloatArray) -> list[int]:
    """Return the order in which new faces are numbered: rows from the top, each from the left."""
    middle = (boxes[:, 1] + boxes[:, 3]) / 2
    order = np.argsort(middle, kind="stable")
    row_height = float(np.median(boxes[:, 3] - boxes[:, 1]))
    begins = np.diff(middle[order], prepend=middle[order[0]]) > row_height / 2
    rows = np.empty(len(boxes), np.int64)
    rows[order] = np.cumsum(begins)
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
