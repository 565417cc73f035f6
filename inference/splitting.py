"""Cuts the observations of one track in two, and joins them again; no value is lost or changed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt
from django.db.models import Max

from inference.blocks import SCHEMA_VERSION, Block, pack, unpack
from inference.models import FaceTrack, ObservationBlock

Mask = npt.NDArray[np.bool_]


def observations_split(track: FaceTrack, *, at_s: float) -> FaceTrack | None:
    """Move what was seen from ``at_s`` on to a new track and return it; None where one side would be empty."""
    blocks = [(row, unpack(row.data)) for row in ObservationBlock.objects.filter(track=track).order_by("part_index")]
    times_s = np.concatenate([np.empty(0), *(block.times_s for _row, block in blocks)])
    if not (times_s < at_s).any() or not (times_s >= at_s).any():
        return None
    made = _new_track(track)
    for row, block in blocks:
        later = block_where(block, block.times_s >= at_s, block.eye_times_s >= at_s)
        if len(later.times_s) or len(later.eye_times_s):
            _write(row, later, track=made, is_new=True)
            _write(row, block_where(block, block.times_s < at_s, block.eye_times_s < at_s), track=track)
    for each in (track, made):
        facts_refresh(each)
    return made


def observations_join(track: FaceTrack, later: FaceTrack) -> None:
    """Give ``track`` all that was seen of ``later``, and delete that track."""
    own = {row.part_index: row for row in ObservationBlock.objects.filter(track=track)}
    for row in ObservationBlock.objects.filter(track=later):
        if (mine := own.get(row.part_index)) is None:
            ObservationBlock.objects.filter(pk=row.pk).update(track=track)
        else:
            _write(mine, blocks_joined(unpack(mine.data), unpack(row.data)), track=track)
    later.delete()
    facts_refresh(track)


def block_where(block: Block, keep: Mask, keep_eyes: Mask) -> Block:
    """Return the observations (n,) and eye samples (m,) of a block that are to be kept."""
    return replace(
        block,
        times_s=block.times_s[keep],
        boxes_px=block.boxes_px[keep],
        columns=block.columns[:, keep],
        probabilities=block.probabilities[keep],
        extras={name: values[keep] for name, values in block.extras.items()},
        eye_times_s=block.eye_times_s[keep_eyes],
        eyes_closed=block.eyes_closed[keep_eyes],
    )


def blocks_joined(first: Block, second: Block) -> Block:
    """Return the observations of two halves of one block, in order of time."""
    return Block(
        times_s=np.concatenate([first.times_s, second.times_s]),
        boxes_px=np.concatenate([first.boxes_px, second.boxes_px]),
        columns=np.concatenate([first.columns, second.columns], axis=1),
        probabilities=np.concatenate([first.probabilities, second.probabilities]),
        extras={name: np.concatenate([values, second.extras[name]]) for name, values in first.extras.items()},
        eye_times_s=np.concatenate([first.eye_times_s, second.eye_times_s]),
        eyes_closed=np.concatenate([first.eyes_closed, second.eyes_closed]),
    )


def facts_refresh(track: FaceTrack) -> None:
    """Bring a track's span, count and best moment in line with its blocks."""
    blocks = [unpack(data) for data in track.blocks.order_by("part_index").values_list("data", flat=True)]
    blocks = [block for block in blocks if len(block.times_s)]
    best = max(blocks, key=lambda block: float(block.column("quality").max()))
    place = int(best.column("quality").argmax())
    track.first_s, track.last_s = float(blocks[0].times_s[0]), float(blocks[-1].times_s[-1])
    track.n_observations = sum(len(block.times_s) for block in blocks)
    track.best_s, track.best_quality = float(best.times_s[place]), float(best.column("quality")[place])
    track.best_bbox_xyxy = [float(edge) for edge in best.boxes_px[place]]
    track.save(update_fields=["first_s", "last_s", "n_observations", "best_s", "best_quality", "best_bbox_xyxy"])


def _new_track(track: FaceTrack) -> FaceTrack:
    last = FaceTrack.objects.filter(run=track.run_id).aggregate(number=Max("number"))["number"]
    facts = {name: getattr(track, name) for name in ("institution_id", "run_id", "role", "first_s", "last_s", "best_s")}
    return FaceTrack.objects.create(**facts, number=last + 1, best_bbox_xyxy=track.best_bbox_xyxy)


def _write(row: ObservationBlock, block: Block, *, track: FaceTrack, is_new: bool = False) -> None:
    """Save what a block holds now; one that holds nothing any more is deleted."""
    if is_new:
        row = ObservationBlock(
            institution_id=row.institution_id, run_id=row.run_id, track=track, part_index=row.part_index
        )
    elif not len(block.times_s) and not len(block.eye_times_s):
        row.delete()
        return
    row.schema_version, row.n_observations, row.data = SCHEMA_VERSION, len(block.times_s), pack(block)
    row.save()
