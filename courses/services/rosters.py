"""Rosters: who is taught in a course."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses.models import Course, Enrollment, Student

DUPLICATE = _("The code %(code)s is there twice.")


@dataclass(frozen=True, slots=True)
class RosterRow:
    """One line of a roster. `code` says who it is; the name may change."""

    code: str
    name: str


@dataclass(frozen=True, slots=True)
class RowError:
    """A line that cannot be taken, counted from 1."""

    line: int
    message: str


class RosterInvalid(ValueError):
    """Some lines cannot be taken, so none was."""

    def __init__(self, errors: tuple[RowError, ...]) -> None:
        super().__init__("; ".join(f"{error.line}: {error.message}" for error in errors))
        self.errors = errors


@dataclass(frozen=True, slots=True)
class RosterImport:
    """What an import changed."""

    created: int
    renamed: int
    enrolled: int


@transaction.atomic
def roster_import(course: Course, rows: Iterable[RosterRow]) -> RosterImport:
    """Add students to the course, by code; a second import of the same rows changes nothing.

    Raises:
        RosterInvalid: a line is wrong; nothing was changed.
    """
    students = [Student(institution=course.institution, code=row.code.strip(), name=row.name.strip()) for row in rows]
    _check(students)
    known = {student.code: student for student in Student.objects.filter(institution=course.institution)}
    created = Student.objects.bulk_create([student for student in students if student.code not in known])
    renamed = _rename(students, known)
    taught = known | {student.code: student for student in created}
    return RosterImport(len(created), renamed, _enroll(course, [taught[student.code] for student in students]))


def _check(students: list[Student]) -> None:
    errors: list[RowError] = []
    seen: set[str] = set()
    for line, student in enumerate(students, 1):
        try:
            student.full_clean(exclude=["institution"], validate_constraints=False)
        except ValidationError as error:
            errors.append(RowError(line, " ".join(error.messages)))
        if student.code in seen:
            errors.append(RowError(line, str(DUPLICATE) % {"code": student.code}))
        seen.add(student.code)
    if errors:
        raise RosterInvalid(tuple(errors))


def _rename(students: list[Student], known: dict[str, Student]) -> int:
    renamed = [known[student.code] for student in students if _takes_name(known.get(student.code), student.name)]
    Student.objects.bulk_update(renamed, ["name"])
    return len(renamed)


def _takes_name(known: Student | None, name: str) -> bool:
    if known is None or known.name == name:
        return False
    known.name = name
    return True


def _enroll(course: Course, students: list[Student]) -> int:
    before = Enrollment.objects.filter(course=course).count()
    enrollments = [Enrollment(institution=course.institution, course=course, student=student) for student in students]
    Enrollment.objects.bulk_create(enrollments, ignore_conflicts=True)
    return Enrollment.objects.filter(course=course).count() - before
