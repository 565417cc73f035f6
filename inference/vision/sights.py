"""What a tracker hands on about its tracks, so that others can name them and join them at seams."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class TakenEmbedding:
    """The unit vector (d,) of one face at one time, for identity. Personal data: only in mode ``individual``.

    ``quality`` 0..1 says how much it is worth: by the face's size, sharpness and turn.
    """

    track_number: int
    timestamp_s: float
    quality: float
    vector: npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class FirstSight:
    """How a track began: its box (4,), its looks (2, 16, 16, 3) and, in mode ``individual``, its embedding (d,).

    ``quality`` 0..1 is the embedding's.
    """

    number: int
    timestamp_s: float
    box: npt.NDArray[np.float32]
    looks: npt.NDArray[np.uint8]
    embedding: npt.NDArray[np.float32] | None = None
    quality: float = 0.0

    def to_json(self) -> dict[str, object]:
        """Return JSON-serialisable values that lose nothing."""
        return {
            "number": self.number,
            "timestamp_s": self.timestamp_s,
            "box": pack(self.box),
            "looks": pack(self.looks),
            "embedding": None if self.embedding is None else pack(self.embedding),
            "quality": self.quality,
        }


def first_sight_from_json(row: dict[str, Any]) -> FirstSight:
    """Return the sight that ``to_json`` wrote."""
    vector = row["embedding"]
    return FirstSight(
        number=int(row["number"]),
        timestamp_s=float(row["timestamp_s"]),
        box=unpack_floats(row["box"]),
        looks=unpack_looks(row["looks"]),
        embedding=None if vector is None else unpack_floats(vector),
        quality=float(row.get("quality", 0.0)),
    )


def pack(values: npt.NDArray[Any]) -> str:
    """Return the array's bytes as text."""
    return base64.b64encode(values.tobytes()).decode("ascii")


def unpack_floats(text: str) -> npt.NDArray[np.float32]:
    """Return the float32 values (n,) that ``pack`` wrote."""
    return np.frombuffer(base64.b64decode(text), np.float32)


def unpack_looks(text: str) -> npt.NDArray[np.uint8]:
    """Return the pictures (2, 16, 16, 3) that ``pack`` wrote."""
    return unpack_picture(text).reshape(2, 16, 16, 3)


def unpack_picture(text: str) -> npt.NDArray[np.uint8]:
    """Return the picture (16 k, 16, 3) that ``pack`` wrote."""
    return np.frombuffer(base64.b64decode(text), np.uint8).reshape(-1, 16, 3)
