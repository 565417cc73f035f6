"""Face tracks of a run: followed from part to part, and who they are."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import QuerySet

from inference.models import AnalysisRun, FaceTrack
from inference.scoring import Subject
from inference.vision.types import Observation


def tracks_upsert(run: AnalysisRun, seen: dict[int, list[Observation]]) -> dict[int, FaceTrack]:
    """Save what a part adds to each track; return the tracks by number."""
    tracks = {track.number: track for track in FaceTrack.objects.filter(run=run, number__in=seen)}
    for number, observations in seen.items():
        tracks[number] = _extended(tracks.get(number), run, number, observations)
    FaceTrack.objects.bulk_create(
        tracks.values(),
        update_conflicts=True,
        unique_fields=["run", "number"],
        update_fields=["last_s", "n_observations", "best_s", "best_quality", "best_bbox_xyxy"],
    )
    return {track.number: track for track in FaceTrack.objects.filter(run=run, number__in=seen)}


def _extended(track: FaceTrack | None, run: AnalysisRun, number: int, observations: list[Observation]) -> FaceTrack:
    """Return the track with these later observations added."""
    best = max(observations, key=lambda observation: observation.quality)
    if track is None:
        track = FaceTrack(run=run, institution_id=run.institution_id, number=number, best_quality=-1.0)
        track.first_s = observations[0].timestamp_s
    if best.quality > track.best_quality:
        track.best_s, track.best_quality = best.timestamp_s, best.quality
        track.best_bbox_xyxy = [float(value) for value in best.bbox_xyxy]
    track.last_s = observations[-1].timestamp_s
    track.n_observations += len(observations)
    return track


def people_of(tracks: Iterable[FaceTrack]) -> tuple[dict[int, int], dict[int, Subject]]:
    """Return each track's person, who is numbered by the first of their tracks, and whom that number stands for."""
    first: dict[Subject, int] = {}
    person_of_track: dict[int, int] = {}
    for track in tracks:
        person_of_track[track.number] = first.setdefault(subject_of(track), track.number)
    return person_of_track, {person: subject for subject, person in first.items()}


def subject_of(track: FaceTrack) -> Subject:
    """Return whom the track counts for: its student, else the track that it was merged into, else itself."""
    return (None, track.student_id) if track.student_id else (track.merged_into_id or track.pk, None)


def students_of(run: AnalysisRun) -> QuerySet[FaceTrack]:
    """Return the tracks that count: not the instructor's, nor those of photos and the like."""
    return FaceTrack.objects.filter(run=run, role=FaceTrack.Role.STUDENT).order_by("number")
