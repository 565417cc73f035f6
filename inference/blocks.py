"""The layout of `ObservationBlock.data`: packed little-endian columns, with a schema version in front.

Schema 1: header `<HHI` (schema, number of probabilities k, number of observations n), then column by column
float32 timestamps (n), int16 box corners in pixels (n, 4), then float16 detector score, quality, yaw, pitch, roll,
eye openness, mouth openness (n each) and probabilities (n, k) in the order of the weight card. NaN: not measured.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inference.vision.types import Observation

SCHEMA_VERSION = 1
HEADER = struct.Struct("<HHI")
HALF_COLUMNS = ("score", "quality", "yaw_deg", "pitch_deg", "roll_deg", "eye_openness", "mouth_openness")
LARGEST_PX = np.iinfo(np.int16).max


class BlockError(ValueError):
    """Packed observations that cannot be read; the run must be made anew from its recording."""


@dataclass(frozen=True, slots=True)
class Block:
    """Observations of one track in one part: times (n,), boxes (n, 4), ``columns`` (7, n), probabilities (n, k)."""

    times_s: npt.NDArray[np.float32]
    boxes_px: npt.NDArray[np.int16]
    columns: npt.NDArray[np.float16]
    probabilities: npt.NDArray[np.float16]

    def column(self, name: str) -> npt.NDArray[np.float16]:
        """Return one of ``HALF_COLUMNS``, (n,)."""
        values: npt.NDArray[np.float16] = self.columns[HALF_COLUMNS.index(name)]
        return values


def block_of(observations: Sequence[Observation], *, n_labels: int) -> Block:
    """Return the columns of one track's observations."""
    missing = np.full(n_labels, np.nan)
    probabilities = [missing if item.probabilities is None else item.probabilities for item in observations]
    boxes = np.array([item.bbox_xyxy for item in observations], np.float64).reshape(-1, 4)
    return Block(
        times_s=np.array([item.timestamp_s for item in observations], np.float32),
        boxes_px=np.clip(np.rint(boxes), -LARGEST_PX, LARGEST_PX).astype(np.int16),
        columns=np.array([[getattr(item, name) for item in observations] for name in HALF_COLUMNS], np.float16),
        probabilities=np.array(probabilities, np.float16).reshape(len(observations), n_labels),
    )


def pack(block: Block) -> bytes:
    """Return the block as bytes of the newest schema."""
    n, k = block.probabilities.shape
    columns = (
        block.times_s.astype("<f4"),
        block.boxes_px.astype("<i2"),
        block.columns.astype("<f2"),
        block.probabilities.astype("<f2"),
    )
    return HEADER.pack(SCHEMA_VERSION, k, n) + b"".join(column.tobytes() for column in columns)


def unpack(data: bytes | memoryview) -> Block:
    """Return the block that ``data`` holds.

    Raises:
        BlockError: another schema, or not the length that the header promises.
    """
    data = bytes(data)
    n, k = _header(data)
    offsets = np.cumsum([HEADER.size, 4 * n, 8 * n, 2 * n * len(HALF_COLUMNS), 2 * n * k]).tolist()
    if len(data) != offsets[-1]:
        raise BlockError(f"A block of {n} observations has {offsets[-1]} bytes, not {len(data)}: it is damaged.")
    return Block(
        times_s=np.frombuffer(data, "<f4", n, offsets[0]),
        boxes_px=np.frombuffer(data, "<i2", 4 * n, offsets[1]).reshape(n, 4),
        columns=np.frombuffer(data, "<f2", n * len(HALF_COLUMNS), offsets[2]).reshape(len(HALF_COLUMNS), n),
        probabilities=np.frombuffer(data, "<f2", n * k, offsets[3]).reshape(n, k),
    )


def _header(data: bytes) -> tuple[int, int]:
    """Return (n, k)."""
    if len(data) < HEADER.size:
        raise BlockError(f"A block has at least {HEADER.size} bytes, not {len(data)}: it is damaged.")
    schema, k, n = HEADER.unpack_from(data)
    if schema != SCHEMA_VERSION:
        raise BlockError(f"Blocks of schema {schema} are unknown here; this version reads schema {SCHEMA_VERSION}.")
    return n, k
