"""The demo's institution, policy, people, course and roster; each is made where it is missing."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from courses.models import Course, Institution, Mode, User
from courses.policy import PolicyDenied, current_policy
from courses.services.courses import course_create
from courses.services.institutions import institution_create, user_create
from courses.services.policy import policy_record
from courses.services.rosters import RosterRow, roster_import
from dashboard.demo.logins import Login, new_password, read_logins, write_logins

INSTITUTION = "Lectern Demo University"
COURSE, SLUG = "Introduction to Statistics", "statistics"
PEOPLE = (
    ("Robin Hale", User.Role.ADMIN, "admin@demo.example"),
    ("Mira Stone", User.Role.TEACHER, "mira@demo.example"),
    ("Jonas Reed", User.Role.TEACHER, "jonas@demo.example"),
)
# The first nine are the names on the demo recording's tiles; the last two do not attend.
ROSTER = (
    "Ada Brook", "Ben Castle", "Cleo Dune", "Dan Ember", "Eve Field", "Finn Grove",
    "Gia Hollow", "Hana Isle", "Ivo Jade", "Juno Keel", "Kai Lund",
)  # fmt: skip


@transaction.atomic
def demo_course() -> Course:
    """Return the demo's course, with all that belongs to it."""
    institution = Institution.objects.filter(name=INSTITUTION).first() or institution_create(name=INSTITUTION)
    _ensure_policy(institution)
    course = Course.objects.filter(institution=institution, slug=SLUG).first()
    course = course or course_create(institution, name=COURSE, slug=SLUG)
    roster_import(course, [RosterRow(f"D-{number:03}", name) for number, name in enumerate(ROSTER, 1)])
    return course


def demo_logins(course: Course, *, path: Path) -> list[Login]:
    """Return who can log in; make the people and their passwords where they are missing."""
    kept = read_logins(path)
    logins = [kept.get(email) or Login(name, str(role.label), email, new_password()) for name, role, email in PEOPLE]
    # Passwords reach the disk before the database: a stop in between loses nothing.
    write_logins(path, logins)
    users = [
        _ensure_user(course.institution, login, role=role)
        for login, (_name, role, _email) in zip(logins, PEOPLE, strict=True)
    ]
    course.teachers.add(*[user for user in users if user.role == User.Role.TEACHER])
    for user, login in zip(users, logins, strict=True):
        _ensure_password(user, login, is_kept=login.email in kept)
    return logins


def _ensure_policy(institution: Institution) -> None:
    try:
        current_policy(institution)
    except PolicyDenied:
        now = timezone.now()
        policy_record(
            institution,
            mode=Mode.INDIVIDUAL,
            region="demo",
            institution_type="demo",
            signatory="Lectern",
            valid_from=now,
            valid_until=now + timedelta(days=365),
            acknowledgement="Made for the demo recording, whose people are actors in published clips.",
        )


def _ensure_user(institution: Institution, login: Login, *, role: str) -> User:
    user = User.objects.filter(email=login.email).first()
    return user or user_create(institution, email=login.email, name=login.name, password=login.password, role=role)


def _ensure_password(user: User, login: Login, *, is_kept: bool) -> None:
    """Give a new password where the file with the old one is gone; never undo one that a person has set."""
    if is_kept or user.check_password(login.password):
        return
    user.set_password(login.password)
    user.save(update_fields=["password"])
