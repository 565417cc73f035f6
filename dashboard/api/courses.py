"""Courses and lectures as JSON."""

from __future__ import annotations

from django.db.models import Prefetch, QuerySet
from django.shortcuts import get_object_or_404
from rest_framework.request import Request
from rest_framework.response import Response

from courses.access import get_course_for, lectures_for
from courses.models import Lecture
from courses.selectors import course_list
from dashboard.api.base import Api
from dashboard.api.schema import answers
from dashboard.api.serializers import CourseSerializer, LectureSerializer
from inference.models import AnalysisRun


class CourseListApi(Api):
    """GET /api/courses/"""

    @answers("courses", CourseSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the user's courses."""
        return Response(CourseSerializer(course_list(self.user), many=True).data)


class CourseDetailApi(Api):
    """GET /api/courses/<slug>/"""

    @answers("course", CourseSerializer)
    def get(self, request: Request, slug: str) -> Response:
        """Return one course."""
        return Response(CourseSerializer(get_object_or_404(course_list(self.user), slug=slug)).data)


class CourseLecturesApi(Api):
    """GET /api/courses/<slug>/lectures/"""

    @answers("course_lectures", LectureSerializer(many=True))
    def get(self, request: Request, slug: str) -> Response:
        """List a course's lectures, newest first."""
        lectures = with_newest_run(lectures_for(self.user).filter(course=get_course_for(self.user, slug)))
        return Response([lecture_row(lecture) for lecture in lectures])


class LectureDetailApi(Api):
    """GET /api/lectures/<id>/"""

    @answers("lecture", LectureSerializer)
    def get(self, request: Request, lecture_id: int) -> Response:
        """Return one lecture."""
        return Response(lecture_row(get_object_or_404(with_newest_run(lectures_for(self.user)), pk=lecture_id)))


def with_newest_run(lectures: QuerySet[Lecture]) -> QuerySet[Lecture]:
    """Fetch each lecture's recording and newest run in two queries, however many lectures there are."""
    newest = AnalysisRun.objects.order_by("recording_id", "-pk").distinct("recording_id")
    return lectures.select_related("recording").prefetch_related(Prefetch("recording__runs", newest, "newest_runs"))


def lecture_row(lecture: Lecture) -> dict[str, object]:
    """Return the JSON of a lecture from `with_newest_run`."""
    recording = getattr(lecture, "recording", None)
    runs = getattr(recording, "newest_runs", [])
    lecture.newest_run = runs[0] if runs else None  # type: ignore[attr-defined]
    return {**LectureSerializer(lecture).data}
