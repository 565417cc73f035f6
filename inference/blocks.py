"""The layout of `ObservationBlock.data`: packed little-endian columns, with a schema version in front.

Schema 2: header `<HHHHI` (schema, number of probabilities of the learning emotions, of valence, of basic emotions,
number of observations n), then column by column float32 timestamps (n), int16 box corners in pixels (n, 4), then
float16 detector score, quality, yaw, pitch, roll, eye openness, mouth openness (n each) and the probabilities (n, k) of
each estimate, in the order of its weight card. NaN: not measured; k is 0 where no face of the block was estimated.

Schema 1, which is still read, is the same without valence and basic emotions: header `<HHI`.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from inference.vision.types import EXTRAS, FloatArray, Observation

SCHEMA_VERSION = 2
HEADER = struct.Struct("<HHHHI")
# What each schema's header holds: its number, widths of the estimates, number of observations.
HEADERS = {1: struct.Struct("<HHI"), SCHEMA_VERSION: HEADER}
HALF_COLUMNS = ("score", "quality", "yaw_deg", "pitch_deg", "roll_deg", "eye_openness", "mouth_openness")
LARGEST_PX = np.iinfo(np.int16).max


class BlockError(ValueError):
    """Packed observations that cannot be read; the run must be made anew from its recording."""


@dataclass(frozen=True, slots=True)
class Block:
    """Observations of one track in one part: times (n,), boxes (n, 4), ``columns`` (7, n), probabilities (n, k).

    ``extras`` are those of the estimates beside the learning emotions that are in the block, each (n, k).
    """

    times_s: npt.NDArray[np.float32]
    boxes_px: npt.NDArray[np.int16]
    columns: npt.NDArray[np.float16]
    probabilities: npt.NDArray[np.float16]
    extras: Mapping[str, npt.NDArray[np.float16]] = field(default_factory=dict)

    def column(self, name: str) -> npt.NDArray[np.float16]:
        """Return one of ``HALF_COLUMNS``, (n,)."""
        values: npt.NDArray[np.float16] = self.columns[HALF_COLUMNS.index(name)]
        return values


def block_of(observations: Sequence[Observation], *, n_labels: int) -> Block:
    """Return the columns of one track's observations."""
    boxes = np.array([item.bbox_xyxy for item in observations], np.float64).reshape(-1, 4)
    return Block(
        times_s=np.array([item.timestamp_s for item in observations], np.float32),
        boxes_px=np.clip(np.rint(boxes), -LARGEST_PX, LARGEST_PX).astype(np.int16),
        columns=np.array([[getattr(item, name) for item in observations] for name in HALF_COLUMNS], np.float16),
        probabilities=_half([item.probabilities for item in observations], n_labels),
        extras=_extras_of(observations),
    )


def pack(block: Block) -> bytes:
    """Return the block as bytes of the newest schema."""
    n = len(block.times_s)
    estimates = [block.probabilities, *(block.extras.get(name, np.empty((n, 0))) for name in EXTRAS)]
    columns = (
        block.times_s.astype("<f4"),
        block.boxes_px.astype("<i2"),
        block.columns.astype("<f2"),
        *(values.astype("<f2") for values in estimates),
    )
    widths = [values.shape[1] for values in estimates]
    return HEADER.pack(SCHEMA_VERSION, *widths, n) + b"".join(column.tobytes() for column in columns)


def unpack(data: bytes | memoryview) -> Block:
    """Return the block that ``data`` holds.

    Raises:
        BlockError: another schema, or not the length that the header promises.
    """
    data = bytes(data)
    start, widths, n = _header(data)
    sizes = [4 * n, 8 * n, 2 * n * len(HALF_COLUMNS), *(2 * n * k for k in widths)]
    offsets = np.cumsum([start, *sizes]).tolist()
    if len(data) != offsets[-1]:
        raise BlockError(f"A block of {n} observations has {offsets[-1]} bytes, not {len(data)}: it is damaged.")
    estimates = [
        np.frombuffer(data, "<f2", n * k, offset).reshape(n, k) for k, offset in zip(widths, offsets[3:], strict=False)
    ]
    extras = dict(zip(EXTRAS, estimates[1:], strict=False))
    return Block(
        times_s=np.frombuffer(data, "<f4", n, offsets[0]),
        boxes_px=np.frombuffer(data, "<i2", 4 * n, offsets[1]).reshape(n, 4),
        columns=np.frombuffer(data, "<f2", n * len(HALF_COLUMNS), offsets[2]).reshape(len(HALF_COLUMNS), n),
        probabilities=estimates[0],
        extras={name: values for name, values in extras.items() if values.shape[1]},
    )


def _half(rows: Sequence[FloatArray | None], width: int) -> npt.NDArray[np.float16]:
    """Return the rows as (n, width), NaN for one that is missing."""
    missing = np.full(width, np.nan)
    return np.array([missing if row is None else row for row in rows], np.float16).reshape(len(rows), width)


def _extras_of(observations: Sequence[Observation]) -> dict[str, npt.NDArray[np.float16]]:
    columns = {name: [item.extras.get(name) for item in observations] for name in EXTRAS}
    widths = {name: next((len(row) for row in rows if row is not None), 0) for name, rows in columns.items()}
    return {name: _half(columns[name], width) for name, width in widths.items() if width}


def _header(data: bytes) -> tuple[int, list[int], int]:
    """Return where the columns start, the widths of the estimates, and the number of observations."""
    shortest = min(header.size for header in HEADERS.values())
    if len(data) < shortest:
        raise BlockError(f"A block has at least {shortest} bytes, not {len(data)}: it is damaged.")
    header = HEADERS.get(int.from_bytes(data[:2], "little"))
    if header is None:
        known = " and ".join(map(str, HEADERS))
        raise BlockError(f"Blocks of schema {data[0] + 256 * data[1]} are unknown here; schemas {known} are read.")
    if len(data) < header.size:
        raise BlockError(f"This block's header has {header.size} bytes, not {len(data)}: it is damaged.")
    _schema, *widths, n = header.unpack_from(data)
    return header.size, widths, n
