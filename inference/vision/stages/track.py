"""Faces linked in time: overlap, motion and looks. Rather a new track than a wrong one.

Tiles of a gallery stand still, so overlap alone links nearly all. What overlap cannot see is a layout change, where
one person's face lands on another's old place: every link is therefore also checked by looks (a small picture of the
face with its surroundings), and where looks and place disagree, looks win or a new track begins.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from inference.vision.sights import FirstSight, TakenEmbedding
from inference.vision.stages.detect import overlaps
from inference.vision.stages.embed import FaceEmbedder
from inference.vision.stages.links import CERTAIN_LIKENESS, IMPOSSIBLE, Alike, assigned, belongs_elsewhere, by_looks
from inference.vision.stages.looks import likeness, looks_frame, looks_of
from inference.vision.stages.memory import TrackMemory, memory_from_json, new_memory
from inference.vision.types import Detection, FloatArray, ImageArray, TrackedFace

# Chosen on re-lit, mirrored and shuffled galleries: docs/models/pipeline.md has the distributions.
MIN_OVERLAP = 0.2
MIN_LIKENESS = 0.58
MIN_RETURN_LIKENESS = 0.69
MIN_CHANGED_LIKENESS = 0.74
# A frame in which at least two and a fifth of the places hold a stranger is a layout change.
STRANGER_LIKENESS = 0.62
CHANGED_PLACES, CHANGED_SHARE = 2, 0.2
# Someone who was away longer than this starts a new track even in the same tile.
REJOIN_S = 600.0
MAX_REMEMBERED = 128


class Tracker:
    """Gives every detection a track number, frame by frame in order of time.

    ``embed`` only in mode ``individual``. ``taken`` and ``first_sights`` hold the embeddings taken and the tracks
    begun since this tracker was made.
    """

    def __init__(self, state: dict[str, Any] | None = None, embed: FaceEmbedder | None = None) -> None:
        self._next_number = int(state["next_number"]) if state else 1
        self._tracks = [memory_from_json(row) for row in state["tracks"]] if state else []
        self._embed = embed
        self.taken: list[TakenEmbedding] = []
        self.first_sights: list[FirstSight] = []

    @property
    def state(self) -> dict[str, object]:
        """All that the next frame depends on, as JSON-serialisable values."""
        return {"next_number": self._next_number, "tracks": [track.to_json() for track in self._tracks]}

    def update(self, image_bgr: ImageArray, timestamp_s: float, detections: list[Detection]) -> list[TrackedFace]:
        """Return ``detections`` with their track numbers, in the given order; each number at most once."""
        self._forget(timestamp_s)
        if not detections:
            return []
        boxes = np.stack([detection.bbox_xyxy for detection in detections])
        small, scale = looks_frame(image_bgr)
        looks = np.stack([looks_of(small, box * np.float32(scale)) for box in boxes])
        linked = self._link(timestamp_s, boxes, looks, self._stays(small, scale)) if self._tracks else {}
        numbers = {i: self._remember(linked.get(i), timestamp_s, boxes[i], looks[i]) for i in _reading_order(boxes)}
        self._meet(frozenset(numbers.values()))
        self._note_begun(
            image_bgr, timestamp_s, detections, looks, {n: i for i, n in numbers.items() if i not in linked}
        )
        return [TrackedFace(numbers[i], detection) for i, detection in enumerate(detections)]

    def _note_begun(
        self, image_bgr: ImageArray, now_s: float, detections: list[Detection], looks: ImageArray, begun: dict[int, int]
    ) -> None:
        """Keep the first sights of the tracks that began in this frame, by number and position."""
        rows = list(begun.values())
        vectors = (
            self._embed([(image_bgr, detections[i].landmarks) for i in rows]) if self._embed else [None] * len(rows)
        )
        for (number, i), vector in zip(begun.items(), vectors, strict=True):
            self.first_sights.append(FirstSight(number, now_s, detections[i].bbox_xyxy, looks[i], vector))
            if vector is not None:
                self.taken.append(TakenEmbedding(number, now_s, detections[i].score, vector))

    def _meet(self, numbers: frozenset[int]) -> None:
        """Note who was seen in one frame; only of those who are remembered, or it would grow without end."""
        known = frozenset(track.number for track in self._tracks)
        self._tracks = [track.beside(numbers, known) for track in self._tracks]

    def _has_met(self) -> npt.NDArray[np.bool_]:
        """Return who of the tracks was seen beside whom (n, n)."""
        return np.array([[other.number in track.met for other in self._tracks] for track in self._tracks])

    def _forget(self, now_s: float) -> None:
        """Drop who was away too long and, in a crowd, who was away longest: memory and time stay bounded."""
        present = [track for track in self._tracks if now_s - track.seen_s <= REJOIN_S]
        dropped = {track.number for track in sorted(present, key=lambda track: -track.seen_s)[MAX_REMEMBERED:]}
        self._tracks = [track for track in present if track.number not in dropped]

    def _link(self, now_s: float, boxes: FloatArray, looks: ImageArray, stays: FloatArray) -> dict[int, int]:
        """Return which track position each linked detection continues."""
        alike = Alike(np.stack([track.looks for track in self._tracks]), looks)
        place = self._place(boxes, now_s)
        known = self._known(now_s, place, alike, stays)
        is_changed = self._is_changed(known, now_s)
        linked = self._by_place(now_s, place, known, is_changed=is_changed)
        doubtful = {d: t for d, t in linked.items() if alike[t, d] < CERTAIN_LIKENESS}
        wrong = {d for d, t in doubtful.items() if belongs_elsewhere(alike, t, d, least=MIN_RETURN_LIKENESS)}
        linked = {d: t for d, t in linked.items() if d not in wrong}
        if len(linked) < len(boxes):
            linked |= by_looks(alike, linked, self._has_met())
        if is_changed:
            self._displace(set(linked.values()))
        return linked

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

    def _known(self, now_s: float, place: FloatArray, alike: Alike, stays: FloatArray) -> FloatArray:
        """Return how well each box (n tracks, m boxes) in a track's place is known there; NaN in other places.

        Either the face with its surroundings looks the same, wherever it moved, or the surroundings stayed. For who
        was away, earlier looks count too.
        """
        known = np.full(place.shape, np.nan, np.float32)
        pairs = np.argwhere(place >= MIN_OVERLAP)
        for (t, d), face in zip(pairs, alike.pairs(pairs), strict=True):
            track = self._tracks[t]
            album = _album_likeness(track, alike.detections[d]) if track.is_away(now_s) else 0.0
            known[t, d] = max(face, stays[t], album)
        return known

    def _by_place(self, now_s: float, place: FloatArray, known: FloatArray, *, is_changed: bool) -> dict[int, int]:
        """Link where places overlap and the face or its surroundings are known there."""
        needed = np.array([MIN_RETURN_LIKENESS if track.is_away(now_s) else MIN_LIKENESS for track in self._tracks])
        needed = np.maximum(needed, MIN_CHANGED_LIKENESS if is_changed else 0)
        needed[[track.is_displaced for track in self._tracks]] = IMPOSSIBLE
        return assigned(np.where(np.nan_to_num(known) >= needed[:, None], 2 - place - known, IMPOSSIBLE))

    def _is_changed(self, known: FloatArray, now_s: float) -> bool:
        """Say whether the layout changed: several places that had a face in the last frame now have a stranger's."""
        last_s = max(track.seen_s for track in self._tracks)
        is_present = [track.seen_s == last_s and not track.is_away(now_s) for track in self._tracks]
        best = np.nan_to_num(known, nan=-1).max(axis=1)[is_present]
        strangers = int(((best >= 0) & (best < STRANGER_LIKENESS)).sum())
        return strangers >= CHANGED_PLACES and strangers >= CHANGED_SHARE * len(best)

    def _displace(self, linked: set[int]) -> None:
        """Note for all tracks but the ``linked`` that their place means nothing in the new layout."""
        self._tracks = [
            track if position in linked else replace(track, is_displaced=True)
            for position, track in enumerate(self._tracks)
        ]

    def _remember(self, position: int | None, now_s: float, box: FloatArray, looks: ImageArray) -> int:
        if position is None:
            self._tracks.append(new_memory(self._next_number, now_s, box, looks))
            self._next_number += 1
            return self._tracks[-1].number
        self._tracks[position] = self._tracks[position].seen(now_s, box, looks)
        return self._tracks[position].number


def _album_likeness(track: TrackMemory, looks: ImageArray) -> float:
    return float(likeness(np.stack(track.album), np.stack([looks] * len(track.album))).max())


def _reading_order(boxes: FloatArray) -> list[int]:
    """Return the order in which new faces are numbered: rows from the top, each from the left."""
    middle = (boxes[:, 1] + boxes[:, 3]) / 2
    order = np.argsort(middle, kind="stable")
    row_height = float(np.median(boxes[:, 3] - boxes[:, 1]))
    begins = np.diff(middle[order], prepend=middle[order[0]]) > row_height / 2
    rows = np.empty(len(boxes), np.int64)
    rows[order] = np.cumsum(begins)
    return [int(i) for i in np.lexsort((boxes[:, 0], rows))]
