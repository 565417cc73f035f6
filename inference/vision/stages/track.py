"""Faces linked in time: place, looks and, where allowed, embeddings. Rather a new track than a wrong one.

Tiles of a gallery stand still, so place alone links nearly all. What place cannot see is a layout change, where one
person's face lands on another's old place. So every frame is explained twice: the layout stayed, and place counts; or
it changed, and looks and embeddings alone say who is who. The better explanation holds.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from inference.vision.sights import FirstSight, TakenEmbedding
from inference.vision.stages.detect import overlaps
from inference.vision.stages.embed import Embed
from inference.vision.stages.links import Ratios, assigned, embedding_ratios, looks_ratios, margins
from inference.vision.stages.memory import memory_from_json, new_memory
from inference.vision.stages.view import View
from inference.vision.types import Detection, FloatArray, ImageArray, TrackedFace

STATE_VERSION = 2
# A leaning head leaves its box, but not the box enlarged so much; and no other tile's face comes near.
ENLARGED, LEAST_OVERLAP = 1.7, 0.25
# What place says while the layout stays, of who was seen lately and of who was away.
STAYED, JUMPED = 4.0, -8.0
RETURNED, RETURNED_ELSEWHERE = 1.0, -1.5
# What it costs to explain a frame by a layout change, and each link in it.
CHANGED, MOVED = 10.0, -0.5
# A link in its place that is better than any other by so much needs no embedding; one by less is not made.
SURE_MARGIN, LEAST_MARGIN = 5.0, 1.0
# Where so many faces of a frame are in doubt, all are.
DOUBTFUL_SHARE = 0.25
REFRESH_S, REFRESHED_A_FRAME, LEAST_QUALITY = 10.0, 2, 0.2
# Someone who was away longer than this starts a new track even in the same tile.
REJOIN_S = 600.0
MAX_REMEMBERED = 128


class Tracker:
    """Gives every detection a track number, frame by frame in order of time.

    ``embed`` only in mode ``individual``. ``taken`` and ``first_sights`` hold the embeddings taken and the tracks
    begun since this tracker was made.
    """

    def __init__(self, state: dict[str, Any] | None = None, embed: Embed | None = None) -> None:
        self._next_number = int(state["next_number"]) if state else 1
        is_known = state is not None and state.get("version") == STATE_VERSION
        self._tracks = [memory_from_json(row) for row in state["tracks"]] if state and is_known else []
        self._embed = embed
        self.taken: list[TakenEmbedding] = []
        self.first_sights: list[FirstSight] = []

    @property
    def state(self) -> dict[str, object]:
        """All that the next frame depends on, as JSON-serialisable values."""
        tracks = [track.to_json() for track in self._tracks]
        return {"version": STATE_VERSION, "next_number": self._next_number, "tracks": tracks}

    def update(self, image_bgr: ImageArray, timestamp_s: float, detections: list[Detection]) -> list[TrackedFace]:
        """Return ``detections`` with their track numbers, in the given order; each number at most once."""
        self._forget(timestamp_s)
        if not detections:
            return []
        view = View(image_bgr, timestamp_s, detections, self._embed)
        linked = self._link(view) if self._tracks else {}
        view.take([row for row in range(len(detections)) if row not in linked])
        positions = {row: self._remember(linked.get(row), view, row) for row in _reading_order(view.boxes)}
        self._refresh(view, positions)
        return [TrackedFace(self._tracks[positions[row]].number, face) for row, face in enumerate(detections)]

    def _forget(self, now_s: float) -> None:
        """Drop who was away too long and, in a crowd, who was away longest: memory and time stay bounded."""
        present = [track for track in self._tracks if now_s - track.seen_s <= REJOIN_S]
        dropped = {track.number for track in sorted(present, key=lambda track: -track.seen_s)[MAX_REMEMBERED:]}
        self._tracks = [track for track in present if track.number not in dropped]

    def _link(self, view: View) -> dict[int, int]:
        """Return which track position each linked detection continues."""
        looks = looks_ratios([track.pictures for track in self._tracks], view.looks)
        is_in_place = self._is_in_place(view)
        place = self._place_ratios(view.now_s, is_in_place)
        stayed = assigned(looks + place)
        doubtful = _doubtful(looks + place, stayed.linked, is_in_place)
        if not doubtful:
            return stayed.linked
        view.take(doubtful)
        known = looks + self._embedding_ratios(view)
        stayed, changed = assigned(known + place), assigned(known + MOVED)
        if changed.total - CHANGED <= stayed.total:
            return _clear(known + place, stayed.linked)
        linked = _clear(known + MOVED, changed.linked)
        self._displace(set(linked.values()))
        return linked

    def _is_in_place(self, view: View) -> npt.NDArray[np.bool_]:
        """Return which boxes (m) are where each track (n) was or was bound for: (n, m)."""
        boxes = _enlarged(view.boxes)
        still = overlaps(_enlarged(np.stack([track.box for track in self._tracks])), boxes)
        moving = overlaps(_enlarged(np.stack([track.predicted(view.now_s) for track in self._tracks])), boxes)
        is_displaced = np.array([track.is_displaced for track in self._tracks])
        return np.asarray((np.maximum(still, moving) >= LEAST_OVERLAP) & ~is_displaced[:, None])

    def _place_ratios(self, now_s: float, is_in_place: npt.NDArray[np.bool_]) -> Ratios:
        is_away = np.array([track.is_away(now_s) for track in self._tracks])[:, None]
        here, elsewhere = np.where(is_away, RETURNED, STAYED), np.where(is_away, RETURNED_ELSEWHERE, JUMPED)
        return np.where(is_in_place, here, elsewhere)

    def _embedding_ratios(self, view: View) -> Ratios | float:
        if view.vectors is None:
            return 0.0
        nobody = np.full(view.vectors.shape[1], np.nan, np.float32)
        known = np.stack([nobody if track.vector is None else track.vector for track in self._tracks])
        return embedding_ratios(known, view.vectors, view.qualities)

    def _displace(self, linked: set[int]) -> None:
        """Note for all tracks but the ``linked`` that their place means nothing in the new layout."""
        self._tracks = [
            track if position in linked else replace(track, is_displaced=True)
            for position, track in enumerate(self._tracks)
        ]

    def _remember(self, position: int | None, view: View, row: int) -> int:
        """Return the position of the track, continued or begun, that the face in ``row`` belongs to."""
        box, looks = view.boxes[row], view.looks[row]
        if position is None:
            position = len(self._tracks)
            self._tracks.append(new_memory(self._next_number, view.now_s, box, looks))
            self.first_sights.append(FirstSight(self._next_number, view.now_s, box, looks, view.vector(row)))
            self._next_number += 1
        else:
            self._tracks[position] = self._tracks[position].seen(view.now_s, box, looks)
        return position

    def _refresh(self, view: View, positions: dict[int, int]) -> None:
        """Take embeddings of those whose last one is old, and keep all that were taken in this frame."""
        if self._embed is None:
            return
        age_s = {row: view.now_s - self._tracks[position].taken_s for row, position in positions.items()}
        old = sorted((row for row in age_s if age_s[row] >= REFRESH_S), key=lambda row: (-age_s[row], row))
        view.take(old[:REFRESHED_A_FRAME])
        for row, position in positions.items():
            vector, track = view.vector(row), self._tracks[position]
            if vector is not None:
                quality = float(view.qualities[row])
                self._tracks[position] = track.embedded(view.now_s, vector, quality)
                self.taken.append(TakenEmbedding(track.number, view.now_s, quality, vector))


def _doubtful(ratios: Ratios, linked: dict[int, int], is_in_place: npt.NDArray[np.bool_]) -> list[int]:
    """Return the detections that are not surely linked in their place; all, where these are many."""
    count = ratios.shape[1]
    margin = margins(ratios, linked)
    found = [d for d in range(count) if margin.get(d, 0.0) < SURE_MARGIN or not is_in_place[linked[d], d]]
    return list(range(count)) if len(found) > DOUBTFUL_SHARE * count else found


def _clear(ratios: Ratios, linked: dict[int, int]) -> dict[int, int]:
    """Return the links that no other use of their detection or track comes near."""
    margin = margins(ratios, linked)
    return {detection: track for detection, track in linked.items() if margin[detection] >= LEAST_MARGIN}


def _enlarged(boxes: FloatArray) -> FloatArray:
    middle, half = (boxes[:, :2] + boxes[:, 2:]) / 2, (boxes[:, 2:] - boxes[:, :2]) * np.float32(ENLARGED / 2)
    return np.concatenate([middle - half, middle + half], axis=1)


def _reading_order(boxes: FloatArray) -> list[int]:
    """Return the order in which new faces are numbered: rows from the top, each from the left."""
    middle = (boxes[:, 1] + boxes[:, 3]) / 2
    order = np.argsort(middle, kind="stable")
    row_height = float(np.median(boxes[:, 3] - boxes[:, 1]))
    begins = np.diff(middle[order], prepend=middle[order[0]]) > row_height / 2
    rows = np.empty(len(boxes), np.int64)
    rows[order] = np.cumsum(begins)
    return [int(i) for i in np.lexsort((boxes[:, 0], rows))]
