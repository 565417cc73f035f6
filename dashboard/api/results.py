"""Results of a lecture as JSON, as far as the policy of today allows."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.response import Response

from courses.access import get_lecture_for
from courses.models import Lecture, Mode
from courses.policy import Purpose, effective_mode, require
from dashboard.api.base import Api
from dashboard.api.errors import LEGAL, ApiError
from dashboard.api.result_serializers import PersonSerializer, ScoresSerializer
from dashboard.api.schema import answers
from inference.selectors import LABELS, Report, ScoreRow, report


class LectureScoresApi(Api):
    """GET /api/lectures/<id>/scores/"""

    @answers("lecture_scores", ScoresSerializer, also=(LEGAL,))
    def get(self, request: Request, lecture_id: int) -> Response:
        """Return the class's values by segment, and the summary."""
        lecture = get_lecture_for(self.user, lecture_id)
        policy = require(Purpose.OBSERVE, institution=lecture.course.institution, course=lecture.course)
        found = allowed_part(finished_report(lecture), mode=effective_mode(policy, lecture.course))
        return Response(ScoresSerializer(scores_row(lecture, found)).data)


class LecturePeopleApi(Api):
    """GET /api/lectures/<id>/people/"""

    @answers("lecture_people", PersonSerializer(many=True), also=(LEGAL,))
    def get(self, request: Request, lecture_id: int) -> Response:
        """Return every person's values by segment; only where the policy allows individual results."""
        lecture = get_lecture_for(self.user, lecture_id)
        require(Purpose.INDIVIDUAL, institution=lecture.course.institution, course=lecture.course)
        return Response(PersonSerializer(finished_report(lecture).people, many=True).data)


def finished_report(lecture: Lecture) -> Report:
    """Return the newest report or answer 404: there is nothing to read yet."""
    found = report(lecture)
    if found is None:
        raise ApiError(
            404, "no-results", _("This lecture has no results yet."), _("Wait for its analysis, or start one.")
        )
    return found


def allowed_part(found: Report, *, mode: str) -> Report:
    """Return the report without what a policy that became stricter since the run no longer allows."""
    if mode != Mode.OBSERVABLE:
        return found
    summary = replace(found.summary, concentration=None, low=None, high=None, mix=())
    return replace(found, rows=tuple(map(observable_row, found.rows)), people=(), summary=summary)


def observable_row(row: ScoreRow) -> ScoreRow:
    """Return the row without what an emotion network said."""
    return replace(row, concentration=None, low=None, high=None, mix=None)


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
        "summary": found.summary,
        "segments": found.rows,
    }
