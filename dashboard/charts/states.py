"""The six learning emotions as charts show them: order, words, letter and pattern."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from inference.selectors import LABELS


@dataclass(frozen=True, slots=True)
class State:
    """One expression pattern. `column` is its place in `ScoreRow.mix`; `pattern` is Plotly's name of a hatch."""

    key: str
    label: StrPromise
    letter: str
    pattern: str

    @property
    def column(self) -> int:
        """Return the place in `mix`."""
        return LABELS.index(self.key)


STATES = (
    State("focused", _("Focused"), "F", ""),
    State("curious", _("Curious"), "C", "."),
    State("confused", _("Confused"), "?", "x"),
    State("happy", _("Happy"), "H", "+"),
    State("distracted", _("Distracted"), "D", "/"),
    State("tired", _("Tired"), "T", "-"),
)
NO_DATA = _("no data")
