"""What the frame around every page needs, without a query of its own."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from courses.models import User
from courses.scoped_admin import is_administrator

THEME_COOKIE = "theme"


def shell(request: HttpRequest) -> dict[str, Any]:
    """Return the theme and its choices, who reads, and the template that a page extends: whole or its content."""
    is_partial = request.headers.get("HX-Request") == "true"
    return {
        "theme": theme_of(request),
        "themes": User.Theme.choices,
        "is_administrator": hasattr(request, "user") and is_administrator(request),
        "shell": "dashboard/partial.html" if is_partial else "dashboard/base.html",
    }


def theme_of(request: HttpRequest) -> str:
    """Return the user's theme, else the one that an anonymous visitor's cookie names."""
    user = getattr(request, "user", None)
    name = user.theme if user is not None and user.is_authenticated else request.COOKIES.get(THEME_COOKIE, "")
    return name if name in User.Theme.values else User.Theme.SYSTEM
