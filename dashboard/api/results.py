"""Results of a lecture as JSON, as far as the policy of today allows."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from courses.access import get_lecture_for
from courses.models import Lecture
from courses.policy import Purpose, allowed_estimates, effective_mode, require
from dashboard.api.base import Api
from dashboard.api.errors import LEGAL, ApiError
from dashboard.api.result_serializers import PersonSerializer, ScoresSerializer
from dashboard.api.schema import answers
from inference.selectors import EXTRA_LABELS, LABELS, Report, allowed_part, report


class LectureScoresApi(Api):
    """GET /api/lectures/<id>/scores/"""

    @answers("lecture_scores", ScoresSerializer, also=(LEGAL,))
    def get(self, request: Request, lecture_id: int) -> Response:
        """Return the class's values by segment, and the summary."""
        lecture = get_lecture_for(self.user, lecture_id)
        policy = require(Purpose.OBSERVE, institution=lecture.course.institution, course=lecture.course)
        results = finished_report(lecture, extras=allowed_estimates(policy, lecture.course))
        found = allowed_part(results, mode=effective_mode(policy, lecture.course))
        return Response(ScoresSerializer(scores_row(lecture, found)).data)


class LecturePeopleApi(Api):
    """GET /api/lectures/<id>/people/"""

    @answers("lecture_people", PersonSerializer(many=True), also=(LEGAL,))
    def get(self, request: Request, lecture_id: int) -> Response:
        """Return every person's values by segment; only where the policy allows individual results."""
        lecture = get_lecture_for(self.user, lecture_id)
        policy = require(Purpose.INDIVIDUAL, institution=lecture.course.institution, course=lecture.course)
        found = finished_report(lecture, extras=allowed_estimates(policy, lecture.course))
        return Response(PersonSerializer(found.people, many=True).data)


def finished_report(lecture: Lecture, *, extras: tuple[str, ...]) -> Report:
    """Return the newest report or answer 404: there is nothing to read yet."""
    found = report(lecture, extras=extras)
    if found is None:
        raise ApiError(
            404, "no-results", _("This lecture has no results yet."), _("Wait for its analysis, or start one.")
        )
    return found


def scores_row(lecture: Lecture, found: Report) -> dict[str, Any]:
    """Return what ScoresSerializer reads."""
    run = found.run
    return {
        "lecture_id": lecture.pk,
        "run_id": run.pk,
        "mode": run.mode,
        "formula_version": run.formula_version,
        "model_version": str(run.model_version or ""),
        "labels": LABELS,
        "extras": [
            {"key": name, "model_version": str(run.extra_versions[name]), "labels": EXTRA_LABELS[name]}
            for name in found.extras
        ],
        "summary": found.summary,
        "segments": found.rows,
    }
