"""Permissions of students, each for one purpose in one course; what hangs on a permission goes with it."""

from __future__ import annotations

from datetime import date

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models import Course, Enrollment, Permission, ReferencePhoto, Student, User

IDENTIFY = Permission.Purpose.IDENTIFY


def permission_record(
    enrollment: Enrollment, *, basis: str, decided_on: date, recorded_by: User, guardian: str = ""
) -> Permission:
    """Save that the student agreed to be recognised in the course's recordings.

    Raises:
        ValidationError: no basis, a guardian's consent without a guardian, or a date that lies ahead.
    """
    if not basis:
        raise ValidationError({"basis": _("Say on what basis.")})
    if basis == Permission.Basis.GUARDIAN and not guardian.strip():
        raise ValidationError({"guardian": _("Name the guardian who agreed.")})
    if decided_on > timezone.localdate():
        raise ValidationError({"decided_on": _("This day lies in the future.")})
    return _added(enrollment, is_granted=True, basis=basis, decided_on=decided_on, guardian=guardian, by=recorded_by)


@transaction.atomic
def permission_withdraw(enrollment: Enrollment, *, recorded_by: User) -> Permission:
    """Save that the permission was taken back, and delete all references of the student in the course."""
    ReferencePhoto.objects.filter(enrollment=enrollment).delete()
    return _added(enrollment, is_granted=False, basis="", decided_on=timezone.localdate(), guardian="", by=recorded_by)


def permission_of(enrollment: Enrollment) -> Permission | None:
    """Return the permission to recognise the student, if it stands now."""
    rows = Permission.objects.filter(course=enrollment.course_id, student=enrollment.student_id, purpose=IDENTIFY)
    newest = rows.select_related("recorded_by").first()
    return newest if newest and newest.is_granted else None


def students_permitted(course: Course) -> set[int]:
    """Return the ids of the course's students who agreed to be recognised."""
    rows = Permission.objects.filter(course=course, purpose=IDENTIFY).order_by("student", "-pk").distinct("student")
    return {student_id for student_id, is_granted in rows.values_list("student", "is_granted") if is_granted}


def _added(
    enrollment: Enrollment, *, is_granted: bool, basis: str, decided_on: date, guardian: str, by: User
) -> Permission:
    permission = Permission(
        institution_id=enrollment.institution_id,
        course_id=enrollment.course_id,
        student=Student.objects.get(pk=enrollment.student_id),
        purpose=IDENTIFY,
        is_granted=is_granted,
        basis=basis,
        decided_on=decided_on,
        guardian=guardian.strip(),
        recorded_by=by,
    )
    permission.full_clean()
    permission.save()
    return permission
