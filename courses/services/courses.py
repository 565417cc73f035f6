"""Writes of courses."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from courses.models import Course, Institution, User


@transaction.atomic
def course_create(
    institution: Institution, *, name: str, slug: str = "", term: str = "", teachers: Iterable[User] = ()
) -> Course:
    """Save a course with its teachers, who must be of the same institution."""
    course = Course(
        institution=institution,
        name=name.strip(),
        slug=slug or slugify(name)[:80],
        term=term,
        time_zone=institution.time_zone,
    )
    course.full_clean()
    course.save()
    teachers_set(course, teachers=teachers)
    return course


def teachers_set(course: Course, *, teachers: Iterable[User]) -> None:
    """Say who teaches the course and so may see its results."""
    chosen = list(teachers)
    if any(teacher.institution_id != course.institution_id for teacher in chosen):
        raise ValidationError(_("A teacher belongs to another institution."))
    course.teachers.set(chosen)
