"""Filters that write numbers the way charts do."""

from __future__ import annotations

from collections.abc import Iterable

from django import template
from django.utils.translation import gettext as _

from dashboard.charts.words import elapsed as elapsed_words
from dashboard.charts.words import length
from inference.models import FaceTrack

register = template.Library()


@register.filter
def elapsed(seconds: float) -> str:
    """Write 754.2 as 12:34."""
    return elapsed_words(seconds)


@register.filter
def percent(share: float) -> str:
    """Write 0.714 as 71 %."""
    return _("%(percent)d %%") % {"percent": round(share * 100)}


@register.filter
def whole(value: float) -> str:
    """Write 58.4 as 58, and -0.3 as 0."""
    return f"{round(value)}"


@register.filter
def separated(count: int) -> str:
    """Write 13233 as 13,233."""
    return f"{count:,}"


@register.filter
def plain(value: float) -> str:
    """Write a number for an attribute: no locale, no more than three decimals."""
    return f"{float(value):.3f}".rstrip("0").rstrip(".")


@register.filter
def below(height: float) -> str:
    """Return the y of an SVG bar that stands on the ground of a box that is 100 high."""
    return plain(100 - height)


@register.filter
def length_words(seconds: float) -> str:
    """Write 3130 as 52 min 10 s."""
    return length(seconds)


@register.filter
def last_seen(tracks: Iterable[FaceTrack]) -> float:
    """Return when the last of some tracks ends."""
    return max(track.last_s for track in tracks)


@register.filter
def lasted(track: FaceTrack) -> float:
    """Return how long a track lasted, at least a second so that its bar can be seen."""
    return max(track.last_s - track.first_s, 1.0)
