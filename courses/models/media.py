"""Media of a lecture: the recording, and the resumable upload that brings it."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from courses.models.base import InstitutionModel
from courses.models.teaching import Course, Lecture


def recording_path(recording: Recording, filename: str) -> str:
    """Return a path that says nothing about the lecture or the people in it."""
    return f"recordings/{uuid.uuid4().hex}{Path(filename).suffix.lower()}"


class Recording(InstitutionModel):
    """The film of a lecture. `proxy` is an H.264 copy, made only where a browser cannot play `file`."""

    lecture = models.OneToOneField(Lecture, on_delete=models.CASCADE, related_name="recording")
    file = models.FileField(_("file"), upload_to=recording_path, max_length=200)
    proxy = models.FileField(_("playback copy"), upload_to=recording_path, max_length=200, blank=True, default="")
    original_name = models.CharField(_("original name"), max_length=255)
    size_bytes = models.BigIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    duration_s = models.FloatField(_("length in seconds"))
    width_px = models.PositiveIntegerField(_("width"))
    height_px = models.PositiveIntegerField(_("height"))
    codec = models.CharField(_("codec"), max_length=32)
    fps = models.FloatField(_("frames per second"))
    is_browser_playable = models.BooleanField(_("a browser can play it"))
    media_info = models.JSONField(_("media facts"), default=dict, blank=True)

    class Meta:
        verbose_name = _("recording")
        verbose_name_plural = _("recordings")

    def __str__(self) -> str:
        return self.original_name


class Upload(InstitutionModel):
    """A resumable transfer (tus 1.0) of one recording.

    RECEIVING -> CHECKING -> DONE | REFUSED; RECEIVING -> EXPIRED. Only the owner can reach it. The row's offset is
    what was flushed to the spool file; a longer file is cut back to it before the next chunk.
    """

    class State(models.TextChoices):
        RECEIVING = "receiving", _("receiving")
        CHECKING = "checking", _("checking")
        DONE = "done", _("done")
        REFUSED = "refused", _("refused")
        EXPIRED = "expired", _("expired")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="uploads")
    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="uploads")
    lecture = models.ForeignKey(Lecture, on_delete=models.SET_NULL, null=True, blank=True, related_name="uploads")
    title = models.CharField(_("lecture's title"), max_length=200, blank=True, default="")
    held_at = models.DateTimeField(_("held"), null=True, blank=True)
    filename = models.CharField(_("file name"), max_length=255)
    fingerprint = models.CharField(_("fingerprint"), max_length=128, blank=True, default="")
    length_bytes = models.BigIntegerField(_("length in bytes"))
    offset_bytes = models.BigIntegerField(_("received bytes"), default=0)
    state = models.CharField(_("state"), max_length=12, choices=State.choices, default=State.RECEIVING)
    error_code = models.CharField(_("error"), max_length=32, blank=True, default="")
    error_message = models.TextField(_("what went wrong"), blank=True, default="")
    error_remedy = models.TextField(_("what to do"), blank=True, default="")
    expires_at = models.DateTimeField(_("expires"))

    class Meta:
        verbose_name = _("upload")
        verbose_name_plural = _("uploads")
        ordering = ("-created_at",)
        constraints = [
            models.CheckConstraint(
                condition=models.Q(offset_bytes__gte=0) & models.Q(offset_bytes__lte=models.F("length_bytes")),
                name="upload_offset_within_length",
            )
        ]

    def __str__(self) -> str:
        return self.filename

    @property
    def spool_path(self) -> Path:
        """Return the file that received bytes are written to."""
        return Path(settings.UPLOAD_SPOOL_DIR) / f"{self.pk}.part"

    @staticmethod
    def next_expiry() -> datetime:
        """Return the time at which an upload that is touched now expires."""
        return timezone.now() + timedelta(seconds=settings.UPLOAD_EXPIRES_S)
