"""The seams of a run that was read in stretches: who was on both sides of one becomes one track."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction

from inference.lease import Lease, renew
from inference.models import AnalysisPart, AnalysisRun, AnalysisStretch, FaceTrack
from inference.vision.sights import FirstSight, first_sight_from_json
from inference.vision.stages.seams import stitch

State = dict[str, Any]


def seams_close(lease: Lease, run: AnalysisRun) -> None:
    """Join and number the tracks of all stretches, and forget the stretches, in one transaction.

    Raises:
        LeaseLost: another worker has taken the run over.
    """
    with transaction.atomic():
        renew(lease)
        stretches = AnalysisStretch.objects.filter(run=run).order_by("index")
        _merge(run, joined_numbers((_last_state(stretch), _sights(stretch)) for stretch in stretches))
        stretches.delete()


def joined_numbers(stretches: Iterable[tuple[State, Sequence[FirstSight]]]) -> dict[int, int]:
    """Return the number in the whole run of each track, by its number in its stretch.

    A stretch is the tracker's state at its end and the first sights of all its tracks. Who is not somebody from
    before a seam gets the next number, in the order in which they were first seen.
    """
    joined: dict[int, int] = {}
    before: State = {"tracks": []}
    for state, sights in stretches:
        known = stitch(before, sights)
        for number in sorted(sight.number for sight in sights):
            joined[number] = known.get(number) or max(joined.values(), default=0) + 1
        before = _following(before, state, joined)
    return joined


def _following(before: State, after: State, joined: dict[int, int]) -> State:
    """Return what is remembered after a stretch: its own tracks, and those from before it who were not in it."""
    tracks = [{**row, "number": joined[row["number"]]} for row in after["tracks"]]
    again = {row["number"] for row in tracks}
    return {**after, "tracks": [row for row in before["tracks"] if row["number"] not in again] + tracks}


def _last_state(stretch: AnalysisStretch) -> State:
    part = AnalysisPart.objects.filter(run=stretch.run_id, index__lt=stretch.next_part).order_by("-index")
    state: State = part.values_list("tracker_state", flat=True)[0]
    return state


def _sights(stretch: AnalysisStretch) -> list[FirstSight]:
    return [first_sight_from_json(row) for row in stretch.first_sights]


def _merge(run: AnalysisRun, joined: dict[int, int]) -> None:
    """Give every track its joined number; of several with one number the first takes in the others."""
    whole: dict[int, FaceTrack] = {}
    for track in FaceTrack.objects.filter(run=run).order_by("number"):
        number = joined[track.number]
        if number in whole:
            _take_in(whole[number], track)
        else:
            whole[number] = track
            track.number = number
    changed = ["number", "last_s", "n_observations", "best_s", "best_quality", "best_bbox_xyxy"]
    FaceTrack.objects.bulk_update(whole.values(), changed)


def _take_in(track: FaceTrack, later: FaceTrack) -> None:
    later.blocks.update(track=track)
    later.embeddings.update(track=track)
    track.last_s = later.last_s
    track.n_observations += later.n_observations
    if later.best_quality > track.best_quality:
        track.best_s, track.best_quality = later.best_s, later.best_quality
        track.best_bbox_xyxy = later.best_bbox_xyxy
    later.delete()
