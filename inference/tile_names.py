"""Suggests students by the names on tiles: some moments of a finished recording are read, so that each track is."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from django.conf import settings
from django.db import transaction

from courses.models import Mode
from courses.policy import Purpose, allows
from courses.selectors import course_roster
from inference.blocks import unpack
from inference.models import AnalysisRun, FaceTrack, ObservationBlock, TrackSuggestion
from inference.runner import local_file
from inference.together import pairs_together
from inference.vision.media import MediaError
from inference.vision.stages.identify import settled
from inference.vision.tile_names import NamesUnreadable, Reading, candidates_of, frame_at, read_texts, readings_of
from inference.vision.types import FloatArray

# A frame takes seconds to read, so that few are, whatever the length of the recording.
MOST_FRAMES, ENOUGH_READINGS = 12, 3
Faces = dict[int, FloatArray]
logger = logging.getLogger(__name__)


def names_suggest(run_id: int) -> int:
    """Read names on tiles and save whom they suggest; return for how many tracks. Does nothing where it is off."""
    run = AnalysisRun.objects.select_related("recording__lecture__course__institution").get(pk=run_id)
    course = run.recording.lecture.course
    is_allowed = allows(Purpose.INDIVIDUAL, institution=course.institution, course=course)
    if not settings.ANALYSIS_READ_NAMES or run.mode != Mode.INDIVIDUAL or not is_allowed:
        return 0
    frames = faces_by_frame(run)
    roster = dict(course_roster(course).values_list("pk", "name"))
    try:
        with local_file(run.recording.file) as path:
            readings = _readings(path, chosen_frames(frames), roster)
    except (NamesUnreadable, MediaError, FileNotFoundError) as error:
        logger.warning("The names on tiles are not read: %s", error)
        return 0
    return _save(run, readings, frames)


def faces_by_frame(run: AnalysisRun) -> dict[float, Faces]:
    """Return the boxes (4,) of all tracks that are seen in each sampled frame, by its time and by the track's id."""
    frames: dict[float, Faces] = defaultdict(dict)
    for track_id, data in ObservationBlock.objects.filter(run=run).values_list("track_id", "data").iterator():
        block = unpack(data)
        for time_s, box in zip(block.times_s.tolist(), block.boxes_px.astype(np.float32), strict=True):
            frames[time_s][track_id] = box
    return dict(frames)


def chosen_frames(frames: Mapping[float, Faces]) -> dict[float, Faces]:
    """Return at most twelve frames, so that as many tracks as possible are in three of them; fullest first."""
    missing: dict[int, int] = defaultdict(lambda: ENOUGH_READINGS)
    chosen: dict[float, Faces] = {}
    # Neighbouring frames show the same: every twelfth of the recording offers some.
    offered = dict(list(frames.items())[:: max(len(frames) // 360, 1)])
    while len(chosen) < MOST_FRAMES:
        worth = {time_s: sum(missing[track] > 0 for track in faces) for time_s, faces in offered.items()}
        best = max(worth, key=lambda time_s: worth[time_s], default=None)
        if best is None or not worth[best]:
            break
        chosen[best] = offered.pop(best)
        for track in chosen[best]:
            missing[track] -= 1
    return dict(sorted(chosen.items()))


def _readings(path: Path, frames: Mapping[float, Faces], roster: Mapping[int, str]) -> dict[int, list[Reading]]:
    found: dict[int, list[Reading]] = defaultdict(list)
    for time_s, faces in frames.items():
        image_bgr = frame_at(path, time_s)
        for track_id, reading in (
            readings_of(read_texts(image_bgr), faces, roster).items() if image_bgr is not None else ()
        ):
            found[track_id].append(reading)
    return found


@transaction.atomic
def _save(run: AnalysisRun, readings: Mapping[int, list[Reading]], frames: Mapping[float, Faces]) -> int:
    students = FaceTrack.objects.filter(run=run, role=FaceTrack.Role.STUDENT).values_list("pk", flat=True)
    candidates = [item for item in candidates_of(readings) if item.number in set(students)]
    times: dict[int, list[float]] = defaultdict(list)
    for time_s, faces in sorted(frames.items()):
        for track_id in faces:
            times[track_id].append(time_s)
    together = pairs_together({track_id: np.array(seen_s) for track_id, seen_s in times.items()})
    found = settled(candidates, together=together)
    source = TrackSuggestion.Source.TILE
    TrackSuggestion.objects.filter(track__run=run, source=source).delete()
    facts = {"institution_id": run.institution_id, "source": source}
    TrackSuggestion.objects.bulk_create(
        TrackSuggestion(**facts, track_id=item.number, student_id=item.person, band=item.band, score=item.score)
        for item in found
    )
    return len(found)
