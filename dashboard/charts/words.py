"""Numbers as people read and hear them."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext


def elapsed(seconds: float) -> str:
    """Write 754.2 s as 12:34 and 3754 s as 1:02:34."""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole // 60 % 60, whole % 60
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def span(start_s: float, end_s: float) -> str:
    """Write a stretch of the recording, as 12:30–13:00."""
    return f"{elapsed(start_s)}–{elapsed(end_s)}"


def length(seconds: float) -> str:
    """Write how long something took or lasts, as 52 min 10 s."""
    minutes, rest = divmod(round(seconds), 60)
    if not minutes:
        return _("%(seconds)d s") % {"seconds": rest}
    if not rest or minutes >= 60:
        return _("%(minutes)d min") % {"minutes": minutes}
    return _("%(minutes)d min %(seconds)d s") % {"minutes": minutes, "seconds": rest}


def people(count: int) -> str:
    """Write how many people, as 19 people."""
    return ngettext("%(n)d person", "%(n)d people", count) % {"n": count}


def interval(value: float, low: float | None, high: float | None) -> str:
    """Write a value with its 95 % interval, as 58 (50–66)."""
    if low is None or high is None:
        return f"{value:.0f}"
    return f"{value:.0f} ({low:.0f}–{high:.0f})"
