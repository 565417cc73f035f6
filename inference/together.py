"""Which tracks were seen in one frame: they are different faces, whatever else is thought of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection

import numpy as np

from inference.blocks import unpack
from inference.models import AnalysisRun, ObservationBlock
from inference.vision.concentration import Values


def seen_times(run: AnalysisRun, track_ids: Collection[int] | None = None) -> dict[int, Values]:
    """Return when each track was seen, rising, by its id; of all tracks where none are named."""
    blocks = ObservationBlock.objects.filter(run=run)
    if track_ids is not None:
        blocks = blocks.filter(track__in=track_ids)
    found: dict[int, list[Values]] = defaultdict(list)
    for track_id, data in blocks.order_by("part_index").values_list("track_id", "data").iterator():
        found[track_id].append(unpack(data).times_s.astype(np.float64))
    return {track_id: np.concatenate(times_s) for track_id, times_s in found.items()}


def pairs_together(times: dict[int, Values]) -> set[frozenset[int]]:
    """Return all pairs of tracks that share a frame."""
    ids = list(times)
    frames = np.unique(np.concatenate([*times.values(), np.empty(0)]))
    is_seen = np.zeros((len(frames), len(ids)), np.float32)
    for column, track_id in enumerate(ids):
        is_seen[np.searchsorted(frames, times[track_id]), column] = 1
    rows, columns = np.nonzero(np.triu(is_seen.T @ is_seen, k=1))
    return {frozenset({ids[row], ids[column]}) for row, column in zip(rows, columns, strict=True)}


def first_shared_s(run: AnalysisRun, some: Collection[int], others: Collection[int]) -> float | None:
    """Return the first time at which one of each group of tracks is in the same frame; None where there is none."""
    times = seen_times(run, [*some, *others])
    ours, theirs = (np.concatenate([times.get(track, np.empty(0)) for track in group]) for group in (some, others))
    shared = np.intersect1d(ours, theirs)
    return float(shared[0]) if len(shared) else None
