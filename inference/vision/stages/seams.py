"""Tracks joined where one recording was split: who in the later stretch is somebody of the earlier one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from inference.vision.sights import FirstSight
from inference.vision.stages.links import Ratios, embedding_ratios, explained, looks_ratios, together
from inference.vision.stages.memory import RECENT_S, TrackMemory, memory_from_json
from inference.vision.stages.places import RETURNED_ELSEWHERE, in_place, place_ratios


def stitch(earlier_state: dict[str, Any], later_first_sights: Sequence[FirstSight]) -> dict[int, int]:
    """Return later number -> earlier number of those who were there before the seam; each number at most once.

    ``earlier_state`` is the tracker's state at the end of the earlier stretch, ``later_first_sights`` are the first
    sights of all tracks of the later one, whose tracker began with no state. Who is in no pair is somebody new, or
    it cannot be told.
    """
    tracks = [memory_from_json(row) for row in earlier_state["tracks"]]
    if not tracks or not later_first_sights:
        return {}
    known = _known(tracks, later_first_sights)
    linked, _ = explained(known, *_place(tracks, later_first_sights, known))
    return {later_first_sights[column].number: tracks[row].number for column, row in linked.items()}


def _known(tracks: Sequence[TrackMemory], sights: Sequence[FirstSight]) -> Ratios:
    """Return what looks and, where both sides have them, embeddings say: (tracks, sights)."""
    looks = looks_ratios([track.pictures for track in tracks], np.stack([sight.looks for sight in sights]))
    vectors = [track.vector for track in tracks], [sight.embedding for sight in sights]
    sizes = {len(vector) for side in vectors for vector in side if vector is not None}
    if not sizes:
        return looks
    known, taken = (together(side, max(sizes)) for side in vectors)
    return looks + embedding_ratios(known, taken, np.array([sight.quality for sight in sights]))


def _place(
    tracks: Sequence[TrackMemory], sights: Sequence[FirstSight], known: Ratios
) -> tuple[Ratios, npt.NDArray[np.bool_]]:
    """Return what place says of who was there right before the seam and right after it, and who is in place.

    Of others it says nothing, which counts as in place: they are no sign of another layout.
    """
    end_s = max(track.seen_s for track in tracks)
    is_near = np.array([sight.timestamp_s - end_s <= RECENT_S for sight in sights])
    is_in_place = in_place(tracks, np.stack([sight.box for sight in sights]), end_s)
    place = np.where(is_near, place_ratios(tracks, is_in_place & is_near, known, end_s), RETURNED_ELSEWHERE)
    return place, np.asarray(is_in_place | ~is_near)
