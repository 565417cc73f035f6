"""Postgres and Valkey from their wheels, supervised; nothing here needs Django."""

from __future__ import annotations

from dashboard.embedded.errors import AlreadyRunningError, EmbeddedError, StartFailedError
from dashboard.embedded.places import home
from dashboard.embedded.services import Services
from dashboard.embedded.urls import service_urls

__all__ = ["AlreadyRunningError", "EmbeddedError", "Services", "StartFailedError", "home", "service_urls"]
