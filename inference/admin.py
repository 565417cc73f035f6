"""Django's admin for results: that there are some, never what they say about a person.

Administrators manage, they do not read individual results: observations and values of one person are shown to
nobody here, not even to operators. The course's teachers read them in the report.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from courses.scoped_admin import AnyAdmin, ReadOnlyAdmin, is_administrator
from inference.models import (
    AnalysisPart,
    AnalysisRun,
    AnalysisStretch,
    FaceTrack,
    ModelVersion,
    ObservationBlock,
    SegmentScore,
    TrackEdit,
    TrackEmbedding,
    TrackSuggestion,
)


@admin.register(ModelVersion)
class ModelVersionAdmin(AnyAdmin):
    """Weight cards: they belong to the installation and hold nothing of anybody."""

    list_display = ("family", "version", "sha256", "created_at")

    def has_module_permission(self, request: HttpRequest) -> bool:
        """Show it to administrators."""
        return is_administrator(request)

    def has_view_permission(self, request: HttpRequest, obj: ModelVersion | None = None) -> bool:
        """Let administrators look."""
        return is_administrator(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Rows are written by the run that first uses the weights."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: ModelVersion | None = None) -> bool:
        """A card is a record."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: ModelVersion | None = None) -> bool:
        """Runs refer to it."""
        return False


class ResultAdmin(ReadOnlyAdmin):
    """Results that cannot be searched by what they say: a filter in the address would answer one value at a time."""

    # Without the boxes in front of rows, whose labels would say whose row it is.
    actions = None

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest | None = None) -> bool:
        """Allow the filters that the page shows."""
        return lookup.split("__", maxsplit=1)[0] in self.list_filter


@admin.register(AnalysisRun)
class AnalysisRunAdmin(ResultAdmin):
    """Runs: how they went, and why they did not."""

    list_display = ("id", "recording", "state", "mode", "progress", "error_code", "started_at", "finished_at")
    list_filter = ("state", "mode")
    list_select_related = ("recording",)


@admin.register(AnalysisPart)
class AnalysisPartAdmin(ResultAdmin):
    """Stored parts; the tracker's state says where faces were and is left out."""

    list_display = ("run", "index", "start_s", "end_s")
    exclude = ("tracker_state",)


@admin.register(AnalysisStretch)
class AnalysisStretchAdmin(ResultAdmin):
    """Who reads which parts of a long run; how its tracks began is left out."""

    list_display = ("run", "index", "first_part", "end_part", "parts_done", "is_done")
    exclude = ("first_sights",)


@admin.register(FaceTrack)
class FaceTrackAdmin(ResultAdmin):
    """How many faces were followed; who they are, and where to look, is left out."""

    list_display = ("run", "number", "n_observations")
    fields = ("run", "number", "n_observations")

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> FaceTrack | None:
        """Return the track without its name, which the page's title would show."""
        track = super().get_object(request, object_id, from_field)
        if track is not None:
            track.student = None
        return track


@admin.register(ObservationBlock)
class ObservationBlockAdmin(ResultAdmin):
    """How much is stored, never what."""

    list_display = ("run", "part_index", "schema_version", "n_observations")
    fields = ("run", "part_index", "schema_version", "n_observations")
    list_display_links = None

    def has_view_permission(self, request: HttpRequest, obj: ObservationBlock | None = None) -> bool:
        """Show the list, not a person's block."""
        return obj is None and super().has_view_permission(request)


@admin.register(TrackSuggestion, TrackEdit, TrackEmbedding)
class NamingAdmin(ResultAdmin):
    """That there are suggestions and changes of tracks, never whom they are about."""

    list_display = ("id", "created_at")
    fields = ("id", "created_at")
    list_display_links = None

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        """Show the list, not a row."""
        return obj is None and super().has_view_permission(request)


@admin.register(SegmentScore)
class SegmentScoreAdmin(ResultAdmin):
    """Class rows with their coverage; rows of persons do not exist here, and values are read in the report."""

    list_display = ("run", "segment", "coverage", "n_observations", "n_people")
    fields = ("run", "segment", "coverage", "n_observations", "n_people")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the class's rows alone."""
        return super().get_queryset(request).filter(track=None, student=None)
