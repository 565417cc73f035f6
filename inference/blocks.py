"""The layout of `ObservationBlock.data`: packed little-endian columns, with a schema version in front.

Schema 3: header `<HHHHII` (schema, number of probabilities of the learning emotions, of valence, of basic emotions,
number of observations n, number of eye samples m), then column by column float32 timestamps (n), int16 box corners in
pixels (n, 4), then float16 `HALF_COLUMNS` (n each) and the probabilities (n, k) of each estimate, in the order of its
weight card; then float32 timestamps (m) and float16 closed probabilities (m, 2) of the left and the right eye. NaN: not
measured; k is 0 where no face of the block was estimated.

Schemas 1 and 2, which are still read, have no eye samples and the first seven of the float16 columns; schema 1 has
neither valence nor basic emotions.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from inference.vision.types import EXTRAS, EyeSample, FloatArray, Observation

SCHEMA_VERSION = 3
HEADER = struct.Struct("<HHHHII")
# What each schema's header holds: its number, widths of the estimates, number of observations, number of eye samples.
HEADERS = {1: struct.Struct("<HHI"), 2: struct.Struct("<HHHHI"), SCHEMA_VERSION: HEADER}
HALF_COLUMNS = (
    "score", "quality", "yaw_deg", "pitch_deg", "roll_deg", "eye_openness", "mouth_openness",
    "eye_left_openness", "eye_right_openness", "pose_confidence", "rejection_code", "iris_x", "iris_y",
)  # fmt: skip
HALF_COLUMNS_OF_SCHEMA = {1: 7, 2: 7, SCHEMA_VERSION: len(HALF_COLUMNS)}
EYES = 2
LARGEST_PX = np.iinfo(np.int16).max

Halves = npt.NDArray[np.float16]


class BlockError(ValueError):
    """Packed observations that cannot be read; the run must be made anew from its recording."""


@dataclass(frozen=True, slots=True)
class Block:
    """Observations of one track in one part: times (n,), boxes (n, 4), ``columns`` (13, n), probabilities (n, k).

    ``extras`` are those of the estimates beside the learning emotions that are in the block, each (n, k).
    ``eye_times_s`` (m,) and ``eyes_closed`` (m, 2) are the faster sampling of the left and the right eye.
    """

    times_s: npt.NDArray[np.float32]
    boxes_px: npt.NDArray[np.int16]
    columns: Halves
    probabilities: Halves
    extras: Mapping[str, Halves] = field(default_factory=dict)
    eye_times_s: npt.NDArray[np.float32] = field(default_factory=lambda: np.empty(0, np.float32))
    eyes_closed: Halves = field(default_factory=lambda: np.empty((0, EYES), np.float16))

    def column(self, name: str) -> Halves:
        """Return one of ``HALF_COLUMNS``, (n,)."""
        values: Halves = self.columns[HALF_COLUMNS.index(name)]
        return values


def block_of(observations: Sequence[Observation], eye_samples: Sequence[EyeSample] = (), *, n_labels: int) -> Block:
    """Return the columns of one track's observations and eye samples."""
    boxes = np.array([item.bbox_xyxy for item in observations], np.float64).reshape(-1, 4)
    eyes = [(sample.left_closed, sample.right_closed) for sample in eye_samples]
    return Block(
        times_s=np.array([item.timestamp_s for item in observations], np.float32),
        boxes_px=np.clip(np.rint(boxes), -LARGEST_PX, LARGEST_PX).astype(np.int16),
        columns=np.array([[getattr(item, name) for item in observations] for name in HALF_COLUMNS], np.float16),
        probabilities=_half([item.probabilities for item in observations], n_labels),
        extras=_extras_of(observations),
        eye_times_s=np.array([sample.timestamp_s for sample in eye_samples], np.float32),
        eyes_closed=np.array(eyes, np.float16).reshape(-1, EYES),
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
        block.eye_times_s.astype("<f4"),
        block.eyes_closed.astype("<f2"),
    )
    widths = [values.shape[1] for values in estimates]
    header = HEADER.pack(SCHEMA_VERSION, *widths, n, len(block.eye_times_s))
    return header + b"".join(column.tobytes() for column in columns)


def unpack(data: bytes | memoryview) -> Block:
    """Return the block that ``data`` holds.

    Raises:
        BlockError: another schema, or not the length that the header promises.
    """
    data = bytes(data)
    start, n_half, widths, n, m = _header(data)
    sizes = [4 * n, 8 * n, 2 * n * n_half, *(2 * n * k for k in widths), 4 * m, 2 * m * EYES]
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
        columns=_all_columns(np.frombuffer(data, "<f2", n * n_half, offsets[2]).reshape(n_half, n)),
        probabilities=estimates[0],
        extras={name: values for name, values in extras.items() if values.shape[1]},
        eye_times_s=np.frombuffer(data, "<f4", m, offsets[-3]),
        eyes_closed=np.frombuffer(data, "<f2", m * EYES, offsets[-2]).reshape(m, EYES),
    )


def _all_columns(stored: Halves) -> Halves:
    """Return (13, n) columns: those that an older schema lacks were not measured."""
    missing = np.full((len(HALF_COLUMNS) - len(stored), stored.shape[1]), np.nan, np.float16)
    return np.concatenate([stored, missing])


def _half(rows: Sequence[FloatArray | None], width: int) -> Halves:
    """Return the rows as (n, width), NaN for one that is missing."""
    missing = np.full(width, np.nan)
    return np.array([missing if row is None else row for row in rows], np.float16).reshape(len(rows), width)


def _extras_of(observations: Sequence[Observation]) -> dict[str, Halves]:
    columns = {name: [item.extras.get(name) for item in observations] for name in EXTRAS}
    widths = {name: next((len(row) for row in rows if row is not None), 0) for name, rows in columns.items()}
    return {name: _half(columns[name], width) for name, width in widths.items() if width}


def _header(data: bytes) -> tuple[int, int, list[int], int, int]:
    """Return where columns start, how many are float16, widths of estimates, and numbers of observations and eyes."""
    shortest = min(header.size for header in HEADERS.values())
    if len(data) < shortest:
        raise BlockError(f"A block has at least {shortest} bytes, not {len(data)}: it is damaged.")
    schema = int.from_bytes(data[:2], "little")
    header = HEADERS.get(schema)
    if header is None:
        *others, last = map(str, HEADERS)
        raise BlockError(
            f"Blocks of schema {schema} are unknown here; schemas {', '.join(others)} and {last} are read."
        )
    if len(data) < header.size:
        raise BlockError(f"This block's header has {header.size} bytes, not {len(data)}: it is damaged.")
    _schema, *facts = header.unpack_from(data)
    n_eyes = facts.pop() if schema == SCHEMA_VERSION else 0
    *widths, n = facts
    return header.size, HALF_COLUMNS_OF_SCHEMA[schema], widths, n, n_eyes
