"""The only door to an object: it belongs to the user's courses, or it does not exist (404)."""

from __future__ import annotations

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from courses.models import Course, Lecture, Recording, Upload, User


def courses_for(user: User) -> QuerySet[Course]:
    """Return the courses that the user teaches. Administrators manage, but do not read, other people's courses."""
    return Course.objects.filter(teachers=user, institution=user.institution_id)


def lectures_for(user: User) -> QuerySet[Lecture]:
    """Return the lectures of the user's courses."""
    return Lecture.objects.filter(course__in=courses_for(user)).select_related("course__institution")


def get_course_for(user: User, slug: str) -> Course:
    """Return the course or raise 404."""
    return get_object_or_404(courses_for(user).select_related("institution"), slug=slug)


def get_lecture_for(user: User, lecture_id: int) -> Lecture:
    """Return the lecture with its course and recording, or raise 404."""
    return get_object_or_404(lectures_for(user).select_related("recording"), pk=lecture_id)


def get_recording_for(user: User, recording_id: int) -> Recording:
    """Return the recording or raise 404."""
    recordings = Recording.objects.filter(lecture__course__in=courses_for(user)).select_related("lecture__course")
    return get_object_or_404(recordings, pk=recording_id)


def get_upload_for(user: User, upload_id: object) -> Upload:
    """Return the user's own upload or raise 404: not even a colleague reaches it."""
    return get_object_or_404(Upload.objects.select_related("course__institution"), pk=upload_id, owner=user)
