"""What place says about who is who: while the layout stays, people are found where they were."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from inference.vision.stages.detect import overlaps
from inference.vision.stages.links import Ratios
from inference.vision.stages.memory import TrackMemory
from inference.vision.types import FloatArray

# A leaning head leaves its box, but not the box enlarged so much; and no other tile's face comes near.
ENLARGED, LEAST_OVERLAP = 1.7, 0.25
# What place says while the layout stays, of who was seen lately and of who was away.
STAYED, JUMPED = 4.0, -4.0
RETURNED, RETURNED_ELSEWHERE = 1.0, -1.5


def in_place(tracks: Sequence[TrackMemory], boxes: FloatArray, now_s: float) -> npt.NDArray[np.bool_]:
    """Return which ``boxes`` (m, 4) are where each track (n) was or was bound for: (n, m)."""
    found = _enlarged(boxes)
    still = overlaps(_enlarged(np.stack([track.box for track in tracks])), found)
    moving = overlaps(_enlarged(np.stack([track.predicted(now_s) for track in tracks])), found)
    is_displaced = np.array([track.is_displaced for track in tracks])
    return np.asarray((np.maximum(still, moving) >= LEAST_OVERLAP) & ~is_displaced[:, None])


def place_ratios(tracks: Sequence[TrackMemory], is_in_place: npt.NDArray[np.bool_], now_s: float) -> Ratios:
    """Return what place says (n, m) of tracks that are ``in_place`` or not."""
    is_away = np.array([track.is_away(now_s) for track in tracks])[:, None]
    here, elsewhere = np.where(is_away, RETURNED, STAYED), np.where(is_away, RETURNED_ELSEWHERE, JUMPED)
    return np.where(is_in_place, here, elsewhere)


def _enlarged(boxes: FloatArray) -> FloatArray:
    middle, half = (boxes[:, :2] + boxes[:, 2:]) / 2, (boxes[:, 2:] - boxes[:, :2]) * np.float32(ENLARGED / 2)
    return np.concatenate([middle - half, middle + half], axis=1)
