"""Users, students and rosters."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models.base import Institution, InstitutionModel


class EmailUserManager(UserManager["User"]):
    """Makes users that log in by e-mail."""

    def create_user(  # type: ignore[override]
        self, email: str, password: str | None = None, **fields: Any
    ) -> User:
        """Save a user with a normalised e-mail address."""
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.full_clean(exclude=["password"])
        user.save(using=self._db)
        return user

    def create_superuser(  # type: ignore[override]
        self, email: str, password: str | None = None, **fields: Any
    ) -> User:
        """Save an operator of the installation, who stands above institutions."""
        return self.create_user(email, password, is_staff=True, is_superuser=True, role=User.Role.ADMIN, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        """Find a user by e-mail, whatever the case it was typed in."""
        return self.get(email__iexact=username)


class User(AbstractUser):
    """Someone who logs in: a teacher or an administrator of one institution."""

    class Role(models.TextChoices):
        ADMIN = "admin", _("administrator")
        TEACHER = "teacher", _("teacher")

    class Theme(models.TextChoices):
        SYSTEM = "system", _("like the device")
        LIGHT = "light", _("light")
        DARK = "dark", _("dark")

    username = None  # type: ignore[assignment]
    first_name = None  # type: ignore[assignment]
    last_name = None  # type: ignore[assignment]
    email = models.EmailField(_("e-mail"), unique=True)
    name = models.CharField(_("name"), max_length=150)
    role = models.CharField(_("role"), max_length=16, choices=Role.choices, default=Role.TEACHER)
    # Null only for operators of the installation (superusers).
    institution = models.ForeignKey(Institution, on_delete=models.CASCADE, null=True, blank=True, related_name="users")
    time_zone = models.CharField(_("time zone"), max_length=64, blank=True, default="")
    theme = models.CharField(_("theme"), max_length=8, choices=Theme.choices, default=Theme.SYSTEM)

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]
    objects: ClassVar[EmailUserManager] = EmailUserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")

    def __str__(self) -> str:
        return self.name or self.email

    def get_full_name(self) -> str:
        """Return the name as the person writes it."""
        return self.name

    def get_short_name(self) -> str:
        """Return the name as the person writes it: names are not split."""
        return self.name


class Student(InstitutionModel):
    """Someone who is taught. Known by a code; the name is for the teacher's eyes."""

    code = models.CharField(_("student code"), max_length=64)
    name = models.CharField(_("name"), max_length=150)

    class Meta:
        verbose_name = _("student")
        verbose_name_plural = _("students")
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["institution", "code"], name="student_code_once")]

    def __str__(self) -> str:
        return self.name


class Enrollment(InstitutionModel):
    """A student in a course; all of a course's enrollments are its roster."""

    course = models.ForeignKey("courses.Course", on_delete=models.CASCADE, related_name="enrollments")
    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="enrollments")

    class Meta:
        verbose_name = _("enrollment")
        verbose_name_plural = _("enrollments")
        constraints = [models.UniqueConstraint(fields=["course", "student"], name="enrolled_once")]

    def __str__(self) -> str:
        return f"{self.student} · {self.course}"
