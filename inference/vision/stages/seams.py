"""Tracks joined where one recording was split: who in the later stretch is somebody of the earlier one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from inference.vision.sights import FirstSight
from inference.vision.stages.links import assigned, looks_ratios
from inference.vision.stages.memory import memory_from_json


def stitch(earlier_state: dict[str, Any], later_first_sights: Sequence[FirstSight]) -> dict[int, int]:
    """Return later number -> earlier number of those who were there before the seam; each number at most once.

    ``earlier_state`` is the tracker's state at the end of the earlier stretch, ``later_first_sights`` are the first
    sights of all tracks of the later one, whose tracker began with no state. Who is in no pair is somebody new, or
    it cannot be told.
    """
    tracks = [memory_from_json(row) for row in earlier_state["tracks"]]
    if not tracks or not later_first_sights:
        return {}
    looks = looks_ratios([track.pictures for track in tracks], np.stack([sight.looks for sight in later_first_sights]))
    linked = assigned(looks).linked
    return {later_first_sights[column].number: tracks[row].number for column, row in linked.items()}
