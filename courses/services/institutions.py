"""Institutions and the people who log in for them."""

from __future__ import annotations

from courses.models import Institution, User


def institution_create(*, name: str, time_zone: str = "UTC") -> Institution:
    """Save a school or university. Nothing can be analysed in it before a policy is recorded."""
    institution = Institution(name=name.strip(), time_zone=time_zone)
    institution.full_clean()
    institution.save()
    return institution


def user_create(
    institution: Institution, *, email: str, name: str, password: str, role: str = User.Role.TEACHER
) -> User:
    """Save someone who logs in. Administrators may also enter Django's admin."""
    is_staff = role == User.Role.ADMIN
    return User.objects.create_user(
        email, password, institution=institution, name=name.strip(), role=role, is_staff=is_staff
    )
