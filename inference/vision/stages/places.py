"""What place says about who is who: while the layout stays, people are found where they were."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from inference.vision.stages.detect import overlaps
from inference.vision.stages.links import Ratios
from inference.vision.stages.memory import TrackMemory
from inference.vision.types import FloatArray

Neighbours: TypeAlias = tuple[int | None, int | None]
"""The tracks before and after one in reading order, of those that are linked."""

# A leaning head leaves its box, but not the box enlarged so much; and no other tile's face comes near.
ENLARGED, LEAST_OVERLAP = 1.7, 0.25
# What place says where the layout surely stayed, of who was seen lately, and of who was away.
STAYED, JUMPED = 10.0, -4.0
RETURNED, RETURNED_ELSEWHERE = 1.0, -1.5
# When somebody leaves, the tiles after theirs move up: who was between two people still is.
BETWEEN = 3.0


def in_place(tracks: Sequence[TrackMemory], boxes: FloatArray, now_s: float) -> npt.NDArray[np.bool_]:
    """Return which ``boxes`` (m, 4) are where each track (n) was or was bound for: (n, m)."""
    found = _enlarged(boxes)
    still = overlaps(_enlarged(np.stack([track.box for track in tracks])), found)
    moving = overlaps(_enlarged(np.stack([track.predicted(now_s) for track in tracks])), found)
    is_displaced = np.array([track.is_displaced for track in tracks])
    return np.asarray((np.maximum(still, moving) >= LEAST_OVERLAP) & ~is_displaced[:, None])


def place_ratios(
    tracks: Sequence[TrackMemory], is_in_place: npt.NDArray[np.bool_], looks: Ratios, now_s: float
) -> Ratios:
    """Return what place says (n, m) of tracks that are ``in_place`` or not, where looks say ``looks`` (n, m).

    Of who was seen lately it says the more, the more of the places still show the person that they showed.
    """
    is_away = np.array([track.is_away(now_s) for track in tracks])[:, None]
    steady = _steady_share(is_in_place & ~is_away, looks)
    here, elsewhere = (
        np.where(is_away, RETURNED, STAYED * steady),
        np.where(is_away, RETURNED_ELSEWHERE, JUMPED * steady),
    )
    return np.where(is_in_place, here, elsewhere)


def order_ratios(tracks: Sequence[TrackMemory], boxes: FloatArray, linked: dict[int, int], now_s: float) -> Ratios:
    """Return what the order of tiles says (n, m) of detections and tracks that ``linked`` has no link for."""
    ratios = np.zeros((len(tracks), len(boxes)))
    recent = [t for t, track in enumerate(tracks) if not track.is_away(now_s) and not track.is_displaced]
    order = [recent[row] for row in reading_order(np.stack([tracks[t].box for t in recent]))] if recent else []
    before = _neighbours([(t, t if t in linked.values() else None) for t in order])
    after = _neighbours([(d, linked.get(d)) for d in reading_order(boxes)])
    for t, old in before.items():
        for d, new in after.items():
            ratios[t, d] = BETWEEN * sum(a is not None and a == b for a, b in zip(old, new, strict=True))
    return ratios


def _neighbours(order: Sequence[tuple[int, int | None]]) -> dict[int, Neighbours]:
    """Return the neighbours of those in ``order`` (who, track linked or None) that are not linked."""
    tracks = [track for _, track in order]
    return {
        who: (_nearest(tracks[:place][::-1]), _nearest(tracks[place + 1 :]))
        for place, (who, track) in enumerate(order)
        if track is None
    }


def _nearest(tracks: Sequence[int | None]) -> int | None:
    return next((track for track in tracks if track is not None), None)


def _steady_share(is_near: npt.NDArray[np.bool_], looks: Ratios) -> float:
    """Return the share of places with a face that is by its looks the one before; one more counts as steady."""
    places = int(is_near.any(axis=1).sum())
    return (1 + int((is_near & (looks > 0)).any(axis=1).sum())) / (1 + places)


def _enlarged(boxes: FloatArray) -> FloatArray:
    middle, half = (boxes[:, :2] + boxes[:, 2:]) / 2, (boxes[:, 2:] - boxes[:, :2]) * np.float32(ENLARGED / 2)
    return np.concatenate([middle - half, middle + half], axis=1)


def reading_order(boxes: FloatArray) -> list[int]:
    """Return the rows of ``boxes`` (n, 4) in reading order: lines from the top, each from the left."""
    middle = (boxes[:, 1] + boxes[:, 3]) / 2
    order = np.argsort(middle, kind="stable")
    row_height = float(np.median(boxes[:, 3] - boxes[:, 1]))
    begins = np.diff(middle[order], prepend=middle[order[0]]) > row_height / 2
    rows = np.empty(len(boxes), np.int64)
    rows[order] = np.cumsum(begins)
    return [int(i) for i in np.lexsort((boxes[:, 0], rows))]
