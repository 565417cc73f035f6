"""Addresses of the site: pages, the API under `api/`, Django's admin under `admin/`."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

handler400 = "dashboard.pages.errors.bad_request"

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/", include("dashboard.api.urls")),
    path("", include("dashboard.pages.urls")),
]
