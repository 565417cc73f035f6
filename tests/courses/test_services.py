"""Institutions, courses, lectures and rosters are written whole or not at all."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from courses.models import Course, Enrollment, Institution, Student, User
from courses.services.courses import course_create
from courses.services.institutions import institution_create, user_create
from courses.services.lectures import lecture_create
from courses.services.rosters import RosterImport, RosterInvalid, RosterRow, roster_import

ROWS = [RosterRow("S1", "Ada"), RosterRow("S2", "Ben")]


def test_course_gets_an_address_and_its_teachers(institution: Institution, alice: User) -> None:
    course = course_create(institution, name=" Linear Algebra ", teachers=[alice])
    assert (course.name, course.slug, list(course.teachers.all())) == ("Linear Algebra", "linear-algebra", [alice])


def test_teacher_of_another_institution_is_refused(institution: Institution) -> None:
    other = institution_create(name="Elsewhere")
    eve = user_create(other, email="eve@example.org", name="Eve", password="correct horse")
    with pytest.raises(ValidationError):
        course_create(institution, name="Algebra", teachers=[eve])
    assert not Course.objects.exists()


def test_second_course_at_the_same_address_is_refused(institution: Institution) -> None:
    course_create(institution, name="Algebra")
    with pytest.raises(ValidationError):
        course_create(institution, name="Algebra")


def test_administrator_may_enter_the_admin(institution: Institution) -> None:
    admin = user_create(institution, email="A@Example.org", name="Ann", password="correct horse", role=User.Role.ADMIN)
    assert (admin.is_staff, admin.is_superuser, admin.email) == (True, False, "a@example.org")


def test_lecture_needs_a_title(course: Course) -> None:
    assert lecture_create(course, title="Week 1").held_at
    with pytest.raises(ValidationError):
        lecture_create(course, title="  ")


def test_roster_import_changes_nothing_the_second_time(course: Course) -> None:
    assert roster_import(course, ROWS) == RosterImport(created=2, renamed=0, enrolled=2)
    assert roster_import(course, ROWS) == RosterImport(created=0, renamed=0, enrolled=0)
    assert Enrollment.objects.filter(course=course).count() == 2


def test_new_name_of_a_known_code_is_taken(course: Course) -> None:
    roster_import(course, ROWS)
    assert roster_import(course, [RosterRow("S1", "Ada Lovelace")]).renamed == 1
    assert Student.objects.get(code="S1").name == "Ada Lovelace"


def test_student_of_another_course_is_enrolled_not_doubled(course: Course) -> None:
    roster_import(course_create(course.institution, name="Other"), ROWS)
    assert roster_import(course, ROWS) == RosterImport(created=0, renamed=0, enrolled=2)


def test_wrong_lines_are_named_and_nothing_is_written(course: Course) -> None:
    with pytest.raises(RosterInvalid) as refusal:
        roster_import(course, [*ROWS, RosterRow("", "No code"), RosterRow("S3", ""), RosterRow("S1", "Twice")])
    assert [error.line for error in refusal.value.errors] == [3, 4, 5]
    assert not Student.objects.exists()
