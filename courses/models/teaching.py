"""What is taught: courses, their dated lectures, and the segments of a lecture."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from courses.models.base import InstitutionModel
from courses.models.policy import Mode

SEGMENT_S = 30


class Course(InstitutionModel):
    """A taught unit. Its teachers, and nobody else, see its lectures' results."""

    name = models.CharField(_("name"), max_length=200)
    slug = models.SlugField(_("address"), max_length=80)
    term = models.CharField(_("term"), max_length=80, blank=True, default="")
    time_zone = models.CharField(_("time zone"), max_length=64, default="UTC")
    teachers = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="courses", blank=True)
    segment_s = models.PositiveSmallIntegerField(
        _("segment length in seconds"),
        default=SEGMENT_S,
        validators=[MinValueValidator(10), MaxValueValidator(300)],
    )
    sample_fps = models.FloatField(
        _("sampled frames per second"), default=1.0, validators=[MinValueValidator(0.2), MaxValueValidator(5.0)]
    )
    # Empty: as the institution's policy says. A course may be stricter, never looser.
    mode = models.CharField(_("mode"), max_length=16, choices=Mode.choices, blank=True, default="")
    is_archived = models.BooleanField(_("archived"), default=False)

    class Meta:
        verbose_name = _("course")
        verbose_name_plural = _("courses")
        ordering = ("name",)
        constraints = [models.UniqueConstraint(fields=["institution", "slug"], name="course_slug_once")]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        """Return the course's home page."""
        return reverse("course", args=[self.slug])


class Lecture(InstitutionModel):
    """One dated meeting of a course."""

    course = models.ForeignKey(Course, on_delete=models.CASCADE, related_name="lectures")
    title = models.CharField(_("title"), max_length=200)
    held_at = models.DateTimeField(_("held"))

    class Meta:
        verbose_name = _("lecture")
        verbose_name_plural = _("lectures")
        ordering = ("-held_at", "-pk")
        indexes = [models.Index(fields=["course", "-held_at"], name="lecture_by_course")]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        """Return the lecture's report."""
        return reverse("lecture", args=[self.pk])


class Segment(InstitutionModel):
    """A span [start_s, end_s) of a lecture's recording.

    Fixed windows cut it without gaps; named spans are topics or slides; summary spans are the whole and its thirds.
    """

    class Kind(models.TextChoices):
        FIXED = "fixed", _("fixed window")
        NAMED = "named", _("named span")
        SUMMARY = "summary", _("summary span")

    lecture = models.ForeignKey(Lecture, on_delete=models.CASCADE, related_name="segments")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind.choices, default=Kind.FIXED)
    index = models.PositiveIntegerField(_("index"))
    name = models.CharField(_("name"), max_length=200, blank=True, default="")
    start_s = models.FloatField(_("start in seconds"))
    end_s = models.FloatField(_("end in seconds"))

    class Meta:
        verbose_name = _("segment")
        verbose_name_plural = _("segments")
        ordering = ("lecture", "kind", "index")
        constraints = [
            models.UniqueConstraint(fields=["lecture", "kind", "index"], name="segment_index_once"),
            models.CheckConstraint(condition=models.Q(end_s__gt=models.F("start_s")), name="segment_has_length"),
        ]

    def __str__(self) -> str:
        return self.name or f"{self.start_s:g}–{self.end_s:g} s"
