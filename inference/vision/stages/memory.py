"""What a tracker remembers of each track, and its way to JSON and back without losing a bit."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from inference.vision.sights import pack, unpack_floats, unpack_looks
from inference.vision.stages.stillness import Stillness, stillness_from_json
from inference.vision.types import FloatArray, ImageArray

# Someone unseen for longer than this is "away": the face may look different on return, and motion says nothing.
RECENT_S = 3.0
VELOCITY_GAIN = 0.5
MAX_PREDICTION_S = 1.0
ALBUM_SIZE, ALBUM_EVERY_S = 3, 15.0
# Of an old embedding this share stays when a new one as good is taken.
KEPT_SHARE = 0.75
# An embedding of a face that is hardly seen says nothing.
LEAST_QUALITY = 0.1
NEVER_S = float("-inf")


@dataclass(frozen=True, slots=True)
class TrackMemory:
    """What is known of one track: where it was last (4,), how it moved (4,) in pixels a second, and its looks.

    ``album`` holds earlier looks, the last one taken at ``album_s``: who returns need not look as when leaving.
    ``is_displaced``: the layout changed while the face was away, so its place says nothing any more.
    ``vectors`` (d,) is the sum of the embeddings taken, the last one tried at ``taken_s``; only in mode ``individual``.
    """

    number: int
    box: FloatArray
    velocity: FloatArray
    seen_s: float
    looks: ImageArray
    album: tuple[ImageArray, ...]
    album_s: float
    stillness: Stillness
    is_displaced: bool = False
    vectors: FloatArray | None = None
    taken_s: float = NEVER_S

    @property
    def pictures(self) -> tuple[ImageArray, ...]:
        """The last looks and the earlier ones."""
        return (self.looks, *self.album)

    @property
    def vector(self) -> FloatArray | None:
        """The mean of the embeddings, of length 1."""
        if self.vectors is None:
            return None
        length = np.sqrt((self.vectors * self.vectors).sum())
        return np.asarray(self.vectors / np.maximum(length, np.float32(1e-6)), np.float32)

    def is_away(self, now_s: float) -> bool:
        """Say whether the face was not seen lately."""
        return now_s - self.seen_s > RECENT_S

    def predicted(self, now_s: float) -> FloatArray:
        """Return the box expected at ``now_s``."""
        ahead_s = min(now_s - self.seen_s, MAX_PREDICTION_S)
        return (self.box + self.velocity * np.float32(ahead_s)).astype(np.float32)

    def seen(self, now_s: float, box: FloatArray, looks: ImageArray, stillness: Stillness) -> TrackMemory:
        """Return the track as it is after it was seen again."""
        velocity = np.zeros(4, np.float32) if self.is_away(now_s) else self._velocity(now_s, box)
        track = replace(
            self, box=box, velocity=velocity, seen_s=now_s, looks=looks, stillness=stillness, is_displaced=False
        )
        if now_s - self.album_s < ALBUM_EVERY_S:
            return track
        return replace(track, album=(*self.album, looks)[-ALBUM_SIZE:], album_s=now_s)

    def embedded(self, now_s: float, vector: FloatArray, quality: float) -> TrackMemory:
        """Return the track as it is after an embedding was taken of it; a poor one is only noted as tried."""
        if quality < LEAST_QUALITY:
            return replace(self, taken_s=now_s)
        weighted = vector * np.float32(quality)
        old = np.zeros_like(vector) if self.vectors is None else self.vectors * np.float32(KEPT_SHARE)
        return replace(self, vectors=old + weighted, taken_s=now_s)

    def to_json(self) -> dict[str, object]:
        """Return JSON-serialisable values; float32 survives the way through Python's floats."""
        return {
            "number": self.number,
            "box": [float(value) for value in self.box],
            "velocity": [float(value) for value in self.velocity],
            "seen_s": self.seen_s,
            "looks": pack(self.looks),
            "album": [pack(looks) for looks in self.album],
            "album_s": self.album_s,
            "stillness": self.stillness.to_json(),
            "is_displaced": self.is_displaced,
            "vectors": None if self.vectors is None else pack(self.vectors),
            "taken_s": None if self.taken_s == NEVER_S else self.taken_s,
        }

    def _velocity(self, now_s: float, box: FloatArray) -> FloatArray:
        shift = (box - self.box) / np.float32(max(now_s - self.seen_s, 1e-3))
        return (np.float32(1 - VELOCITY_GAIN) * self.velocity + np.float32(VELOCITY_GAIN) * shift).astype(np.float32)


def new_memory(number: int, now_s: float, box: FloatArray, looks: ImageArray, stillness: Stillness) -> TrackMemory:
    """Return the memory of a track that begins."""
    return TrackMemory(number, box, np.zeros(4, np.float32), now_s, looks, (looks,), now_s, stillness)


def memory_from_json(row: dict[str, Any]) -> TrackMemory:
    """Return the memory that ``to_json`` wrote."""
    return TrackMemory(
        number=int(row["number"]),
        box=np.array(row["box"], np.float32),
        velocity=np.array(row["velocity"], np.float32),
        seen_s=float(row["seen_s"]),
        looks=unpack_looks(row["looks"]),
        album=tuple(unpack_looks(text) for text in row["album"]),
        album_s=float(row["album_s"]),
        stillness=stillness_from_json(row["stillness"]),
        is_displaced=bool(row["is_displaced"]),
        vectors=None if row["vectors"] is None else unpack_floats(row["vectors"]),
        taken_s=NEVER_S if row["taken_s"] is None else float(row["taken_s"]),
    )
