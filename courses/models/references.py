"""Who agreed to be recognised in a course, and what their faces are compared with: embeddings, never pictures."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, NoReturn

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models.base import InstitutionModel
from courses.models.people import Enrollment, Student
from courses.models.teaching import Course

# A photo that no worker has read after this long is gone: it was kept nowhere else.
PHOTO_LIVES_S = 900


class AppendOnlyError(RuntimeError):
    """Someone tried to change a record that is only ever added to."""


class AppendOnly(models.QuerySet["Permission"]):
    """Rows that are added and read; they go with the student or the course, never by themselves."""

    def update(self, **changes: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError

    def delete(self) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError


class Permission(InstitutionModel):
    """What a student decided about one purpose in one course. The newest row rules; withdrawal is a new row."""

    class Purpose(models.TextChoices):
        IDENTIFY = "identify-me", _("recognise me in recordings")

    class Basis(models.TextChoices):
        CONSENT = "consent", _("the student's own consent")
        GUARDIAN = "guardian", _("consent of a guardian, and the student does not object")
        LAW = "law", _("another lawful basis, kept on file")

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="permissions")
    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="permissions")
    purpose = models.CharField(_("purpose"), max_length=32, choices=Purpose.choices)
    is_granted = models.BooleanField(_("granted"))
    basis = models.CharField(_("basis"), max_length=16, choices=Basis.choices, blank=True, default="")
    decided_on = models.DateField(_("decided on"))
    guardian = models.CharField(_("guardian"), max_length=150, blank=True, default="")
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    objects = AppendOnly.as_manager()

    class Meta:
        verbose_name = _("permission")
        verbose_name_plural = _("permissions")
        ordering = ("-pk",)
        get_latest_by = "pk"
        indexes = [models.Index(fields=["course", "student", "purpose"], name="permission_by_subject")]

    def __str__(self) -> str:
        return f"{self.get_purpose_display()}: {self.is_granted}"

    def save(self, *args: Any, **options: Any) -> None:
        """Add the row; one that is stored is never changed."""
        if not self._state.adding:
            raise AppendOnlyError
        super().save(*args, **options)

    def delete(self, *args: Any, **options: Any) -> NoReturn:
        """Refuse."""
        raise AppendOnlyError


class ReferencePhoto(InstitutionModel):
    """The embedding of one photo of a student, for one course. The photo itself is read in memory and dropped.

    WAITING -> READY | REJECTED. While it waits, the picture lies encrypted in the broker for a quarter of an hour, and
    `photo_key` is the only key to it; the key goes when the photo is read. `sealed_vector` is the embedding,
    encrypted with a key that the database does not have. Unenrolment and withdrawal delete the row.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("being read")
        READY = "ready", _("ready")
        REJECTED = "rejected", _("not usable")

    class Fault(models.TextChoices):
        UNREADABLE = "unreadable", _("This is no JPEG, PNG or WebP picture that can be read. Save it as JPEG.")
        LARGE = "large", _("The picture has too many pixels. Make it smaller.")
        NO_FACE = "no_face", _("No face found. Take a photo from the front, in good light.")
        SEVERAL = "several", _("More than one face. Crop the photo to the student alone.")
        SMALL = "small", _("The face is too small: at least 64 pixels are needed. Crop less or take a larger photo.")
        BLURRED = "blurred", _("The face is not sharp. Take another photo.")
        TURNED = "turned", _("The face is turned away. Take a photo from the front.")
        COVERED = "covered", _("The face is covered. Take a photo without mask, hand or dark glasses.")
        LOST = "lost", _("The photo was not read in time and is gone. Add it again.")
        FORBIDDEN = "forbidden", _("The permission or the policy no longer allows it.")
        FAILED = "failed", _("Reading the photo failed. Add it again; if that does not help, tell an administrator.")

    enrollment = models.ForeignKey(Enrollment, on_delete=models.CASCADE, related_name="references")
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )
    state = models.CharField(_("state"), max_length=8, choices=State.choices, default=State.WAITING)
    fault = models.CharField(_("why not"), max_length=16, choices=Fault.choices, blank=True, default="")
    photo_key = models.BinaryField(_("key of the waiting photo"), null=True)
    sealed_vector = models.BinaryField(_("encrypted embedding"), null=True)
    weights_sha256 = models.CharField(_("SHA-256 of the weights"), max_length=64, blank=True, default="")
    quality = models.FloatField(_("quality"), null=True)

    class Meta:
        verbose_name = _("reference photo")
        verbose_name_plural = _("reference photos")
        ordering = ("pk",)

    def __str__(self) -> str:
        return f"{self.get_state_display()} #{self.pk}"

    @property
    def is_lost(self) -> bool:
        """Say whether the photo waited so long that its picture is gone."""
        age = timezone.now() - self.created_at
        return self.state == self.State.WAITING and age > timedelta(seconds=PHOTO_LIVES_S)
