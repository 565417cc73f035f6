"""Runs as JSON: request, follow, cancel, retry; and the naming of a run's face tracks."""

from __future__ import annotations

from django.shortcuts import get_object_or_404
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from courses.access import get_lecture_for
from courses.models import Lecture, Recording, Student, User
from dashboard.api.base import Api
from dashboard.api.errors import LEGAL, ApiError
from dashboard.api.schema import answers, takes
from dashboard.api.serializers import RunSerializer, TrackStudentSerializer
from inference.access import get_run_for, get_track_for
from inference.selectors import run_progress
from inference.services import run_cancel, run_request, run_retry, track_assign

ACCEPTED = 202
CONFLICT = 409


class RunRequestApi(Api):
    """POST /api/lectures/<id>/runs/"""

    @takes("run_request", None, RunSerializer, status=ACCEPTED, also=(CONFLICT, LEGAL))
    def post(self, request: Request, lecture_id: int) -> Response:
        """Ask for an analysis of the lecture's recording."""
        recording = recording_of(get_lecture_for(self.user, lecture_id))
        run = run_request(recording, requested_by=self.user)
        return Response(RunSerializer(run_progress(run)).data, status=ACCEPTED)


class RunDetailApi(Api):
    """GET /api/runs/<id>/"""

    @answers("run", RunSerializer)
    def get(self, request: Request, run_id: int) -> Response:
        """Say how the run stands."""
        return Response(RunSerializer(run_progress(get_run_for(self.user, run_id))).data)


class RunCancelApi(Api):
    """POST /api/runs/<id>/cancel/"""

    @takes("run_cancel", None, RunSerializer, status=ACCEPTED)
    def post(self, request: Request, run_id: int) -> Response:
        """Stop the run. One that has ended stays as it is."""
        run = get_run_for(self.user, run_id)
        run_cancel(run)
        return Response(RunSerializer(run_progress(run)).data, status=ACCEPTED)


class RunRetryApi(Api):
    """POST /api/runs/<id>/retry/"""

    @takes("run_retry", None, RunSerializer, status=ACCEPTED, also=(CONFLICT, LEGAL))
    def post(self, request: Request, run_id: int) -> Response:
        """Let a failed or cancelled run go on from its last stored part."""
        run = run_retry(get_run_for(self.user, run_id))
        return Response(RunSerializer(run_progress(run)).data, status=ACCEPTED)


class TrackStudentApi(Api):
    """PUT /api/tracks/<id>/student/"""

    @takes("track_student", TrackStudentSerializer, TrackStudentSerializer, also=(CONFLICT, LEGAL))
    def put(self, request: Request, track_id: int) -> Response:
        """Say who a face track shows."""
        track = get_track_for(self.user, track_id)
        asked = TrackStudentSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        student = student_of(self.user, asked.validated_data["student_id"])
        track_assign(track, student=student, user=self.user)
        return Response({"student_id": student.pk if student else None})


def recording_of(lecture: Lecture) -> Recording:
    """Return the lecture's recording or answer 404."""
    recording: Recording | None = getattr(lecture, "recording", None)
    if recording is None:
        raise ApiError(404, "no-recording", _("This lecture has no recording."), _("Upload one first."))
    return recording


def student_of(user: User, student_id: int | None) -> Student | None:
    """Return the student, of the user's institution, or 404."""
    if student_id is None:
        return None
    return get_object_or_404(Student, pk=student_id, institution=user.institution_id)
