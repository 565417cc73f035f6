"""Reads of courses that pages share."""

from __future__ import annotations

from django.db.models import Count, Q, QuerySet

from courses.access import courses_for
from courses.models import Course, ReferencePhoto, Student, User


def course_list(user: User) -> QuerySet[Course]:
    """Return the user's courses with `lecture_count` and `student_count`."""
    return courses_for(user).annotate(
        lecture_count=Count("lectures", distinct=True), student_count=Count("enrollments", distinct=True)
    )


def course_roster(course: Course) -> QuerySet[Student]:
    """Return the students of a course by name."""
    return Student.objects.filter(enrollments__course=course).order_by("name")


def roster_with_references(course: Course) -> QuerySet[Student]:
    """Return the same with `reference_count`: how many references of each are ready in this course."""
    is_ready = Q(enrollments__references__state=ReferencePhoto.State.READY)
    return course_roster(course).annotate(reference_count=Count("enrollments__references", filter=is_ready))
