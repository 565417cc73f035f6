"""Runs and tracks behind the same door as their lectures."""

from __future__ import annotations

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from courses.access import courses_for
from courses.models import User
from inference.models import AnalysisRun, FaceTrack


def runs_for(user: User) -> QuerySet[AnalysisRun]:
    """Return the runs of the user's courses."""
    runs = AnalysisRun.objects.filter(recording__lecture__course__in=courses_for(user))
    return runs.select_related("recording__lecture__course__institution")


def get_run_for(user: User, run_id: int) -> AnalysisRun:
    """Return the run or raise 404."""
    return get_object_or_404(runs_for(user), pk=run_id)


def get_track_for(user: User, track_id: int) -> FaceTrack:
    """Return the face track or raise 404."""
    tracks = FaceTrack.objects.filter(run__in=runs_for(user))
    return get_object_or_404(tracks.select_related("run__recording__lecture__course__institution"), pk=track_id)
