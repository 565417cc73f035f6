"""Who reads the page."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest

from courses.models import User


def reader(request: HttpRequest) -> User:
    """Return the user of a request that passed `login_required`."""
    return cast("User", request.user)
