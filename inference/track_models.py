"""What helps a teacher to say who is who: suggestions, the way back, and embeddings while a run works."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from courses.models import InstitutionModel, Student


class TrackSuggestion(InstitutionModel):
    """Whom a track may show. It never names anybody by itself: scores and reports do not read it."""

    class Source(models.TextChoices):
        FACE = "face", _("like the reference photos")
        TILE = "tile", _("the name on the tile")

    class Band(models.TextChoices):
        LIKELY = "likely", _("likely")
        UNSURE = "unsure", _("unsure")

    track = models.ForeignKey("inference.FaceTrack", on_delete=models.CASCADE, related_name="suggestions")
    student = models.ForeignKey(Student, on_delete=models.CASCADE, related_name="+")
    source = models.CharField(_("source"), max_length=8, choices=Source.choices)
    band = models.CharField(_("band"), max_length=8, choices=Band.choices)
    score = models.FloatField(_("score"))
    # Of the weights that the score comes from; empty for a name that was read.
    weights_sha256 = models.CharField(_("SHA-256 of the weights"), max_length=64, blank=True, default="")

    class Meta:
        verbose_name = _("suggestion")
        verbose_name_plural = _("suggestions")
        constraints = [models.UniqueConstraint(fields=["track", "source"], name="suggestion_once")]

    def __str__(self) -> str:
        return f"{self.get_band_display()} ({self.get_source_display()})"


class TrackEdit(InstitutionModel):
    """What a teacher changed about a run's tracks, and how they were before: the newest one can be undone."""

    class Kind(models.TextChoices):
        NAME = "name", _("named")
        MERGE = "merge", _("merged")
        UNMERGE = "unmerge", _("taken apart")
        SPLIT = "split", _("split")
        ROLE = "role", _("marked")

    run = models.ForeignKey("inference.AnalysisRun", on_delete=models.CASCADE, related_name="edits")
    kind = models.CharField(_("change"), max_length=8, choices=Kind.choices)
    # [{"track", "student", "merged_into", "role"}], by id; of a split also the track that it made.
    before = models.JSONField(_("before"))
    made_track = models.ForeignKey(
        "inference.FaceTrack", on_delete=models.CASCADE, null=True, blank=True, related_name="+"
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, blank=True, related_name="+"
    )

    class Meta:
        verbose_name = _("change of tracks")
        verbose_name_plural = _("changes of tracks")
        ordering = ("-pk",)

    def __str__(self) -> str:
        return f"{self.get_kind_display()} #{self.pk}"


class TrackEmbedding(InstitutionModel):
    """The sum of a track's embeddings in one part, encrypted; there only while its run works, see decision 0012."""

    track = models.ForeignKey("inference.FaceTrack", on_delete=models.CASCADE, related_name="embeddings")
    part_index = models.PositiveIntegerField(_("part"))
    n_faces = models.PositiveIntegerField(_("faces"))
    sealed_total = models.BinaryField(_("encrypted sum"))

    class Meta:
        verbose_name = _("embedding of a track")
        verbose_name_plural = _("embeddings of tracks")

    def __str__(self) -> str:
        return f"{self.track_id} {self.part_index}"
