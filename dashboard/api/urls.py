"""Addresses of the API."""

from __future__ import annotations

from django.urls import path

from dashboard.api.uploads import UploadListView, UploadView

urlpatterns = [
    path("uploads/", UploadListView.as_view(), name="uploads"),
    path("uploads/<uuid:upload_id>/", UploadView.as_view(), name="upload"),
]
