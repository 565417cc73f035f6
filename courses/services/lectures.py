"""Writes of lectures."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from courses.models import Course, Lecture


def lecture_create(course: Course, *, title: str, held_at: datetime | None = None) -> Lecture:
    """Save a dated meeting of the course; now, where no time is given."""
    lecture = Lecture(
        institution=course.institution, course=course, title=title.strip(), held_at=held_at or timezone.now()
    )
    lecture.full_clean()
    lecture.save()
    return lecture
