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
from inference.vision.stages.embed import Embed
from inference.vision.stages.links import (
    Ratios,
    assigned,
    embedding_ratios,
    explained,
    looks_ratios,
    margins,
    together,
)
from inference.vision.stages.memory import LEAST_QUALITY, memory_from_json, new_memory
from inference.vision.stages.places import in_place, order_ratios, place_ratios, reading_order
from inference.vision.stages.stillness import began
from inference.vision.stages.view import View
from inference.vision.types import Detection, ImageArray, TrackedFace

STATE_VERSION = 3
# A link in its place that looks support by so much, and that beats any other by so much, needs no embedding.
SURE = 3.0
# Where so many faces of a frame are in doubt, all are.
DOUBTFUL_SHARE = 0.25
REFRESH_S, REFRESHED_A_FRAME = 10.0, 2
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

    @property
    def still_since_s(self) -> dict[int, float]:
        """The tracks that show a photo in place of a camera, and since when; known after 30 s of it."""
        since_s = {track.number: track.stillness.still_since_s for track in self._tracks}
        return {number: start_s for number, start_s in since_s.items() if start_s is not None}

    def update(self, image_bgr: ImageArray, timestamp_s: float, detections: list[Detection]) -> list[TrackedFace]:
        """Return ``detections`` with their track numbers, in the given order; each number at most once."""
        self._forget(timestamp_s)
        if not detections:
            return []
        view = View(image_bgr, timestamp_s, detections, self._embed)
        linked = self._link(view) if self._tracks else {}
        view.take([row for row in range(len(detections)) if row not in linked])
        positions = {row: self._remember(linked.get(row), view, row) for row in reading_order(view.boxes)}
        self._refresh(view, positions)
        tracks = [self._tracks[positions[row]] for row in range(len(detections))]
        return [
            TrackedFace(track.number, face, is_photo=track.stillness.is_photo(timestamp_s))
            for track, face in zip(tracks, detections, strict=True)
        ]

    def _forget(self, now_s: float) -> None:
        """Drop who was away too long and, in a crowd, who was away longest: memory and time stay bounded."""
        present = [track for track in self._tracks if now_s - track.seen_s <= REJOIN_S]
        dropped = {track.number for track in sorted(present, key=lambda track: -track.seen_s)[MAX_REMEMBERED:]}
        self._tracks = [track for track in present if track.number not in dropped]

    def _link(self, view: View) -> dict[int, int]:
        """Return which track position each linked detection continues."""
        looks = looks_ratios([track.pictures for track in self._tracks], view.looks)
        is_in_place = in_place(self._tracks, view.boxes, view.now_s)
        place = place_ratios(self._tracks, is_in_place, looks, view.now_s)
        stayed = assigned(looks + place).linked
        doubtful = _doubtful(looks, place, stayed, is_in_place)
        if not doubtful:
            return stayed
        view.take(doubtful)
        known = looks + self._embedding_ratios(view)
        linked, is_changed = explained(known, place, is_in_place)
        if len(linked) < len(view.boxes):
            known = known + order_ratios(self._tracks, view.boxes, linked, view.now_s)
            linked, is_changed = explained(known, place, is_in_place)
        if is_changed:
            self._displace(set(linked.values()))
        return linked

    def _embedding_ratios(self, view: View) -> Ratios | float:
        if view.vectors is None:
            return 0.0
        known = together([track.vector for track in self._tracks], view.vectors.shape[1])
        return embedding_ratios(known, view.vectors, view.qualities)

    def _displace(self, linked: set[int]) -> None:
        """Note for all tracks but the ``linked`` that their place means nothing in the new layout."""
        self._tracks = [
            track if position in linked else replace(track, is_displaced=True)
            for position, track in enumerate(self._tracks)
        ]

    def _remember(self, position: int | None, view: View, row: int) -> int:
        """Return the position of the track, continued or begun, that the face in ``row`` belongs to."""
        now_s, box, looks = view.now_s, view.boxes[row], view.looks[row]
        if position is not None:
            stillness = self._tracks[position].stillness.after(now_s, box, view.levels)
            self._tracks[position] = self._tracks[position].seen(now_s, box, looks, stillness)
            return position
        self._tracks.append(new_memory(self._next_number, now_s, box, looks, began(now_s, box, view.levels)))
        self.first_sights.append(view.first_sight(row, self._next_number))
        self._next_number += 1
        return len(self._tracks) - 1

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
                if quality >= LEAST_QUALITY:
                    self.taken.append(TakenEmbedding(track.number, view.now_s, quality, vector))


def _doubtful(looks: Ratios, place: Ratios, linked: dict[int, int], is_in_place: npt.NDArray[np.bool_]) -> list[int]:
    """Return the detections that are not surely linked in their place; all, where these are many."""
    margin = margins(looks + place, linked)
    sure = {d for d, t in linked.items() if is_in_place[t, d] and min(looks[t, d], margin[d]) >= SURE}
    found = [d for d in range(looks.shape[1]) if d not in sure]
    return list(range(looks.shape[1])) if len(found) > DOUBTFUL_SHARE * looks.shape[1] else found
