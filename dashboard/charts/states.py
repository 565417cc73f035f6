"""The learning emotions and the basic ones as charts show them: order, words, letter and pattern."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from inference.selectors import EXTRA_LABELS, LABELS


@dataclass(frozen=True, slots=True)
class State:
    """One expression pattern; `pattern` is Plotly's name of a hatch."""

    key: str
    label: StrPromise
    letter: str
    pattern: str


STATES = (
    State("focused", _("Focused"), "F", ""),
    State("curious", _("Curious"), "C", "."),
    State("confused", _("Confused"), "?", "x"),
    State("happy", _("Happy"), "H", "+"),
    State("distracted", _("Distracted"), "D", "/"),
    State("tired", _("Tired"), "T", "-"),
)
BASIC_STATES = (
    State("basic-neutral", _("Neutral"), "N", ""),
    State("basic-happy", _("Happy"), "H", "+"),
    State("basic-surprise", _("Surprised"), "!", "."),
    State("basic-sad", _("Sad"), "S", "-"),
    State("basic-fear", _("Afraid"), "F", "|"),
    State("basic-angry", _("Angry"), "A", "x"),
    State("basic-disgust", _("Disgusted"), "D", "/"),
)
NO_DATA = _("no data")
# Where each state stands in `ScoreRow.mix`.
COLUMNS = tuple(LABELS.index(state.key) for state in STATES)
# Where each basic emotion stands in `ScoreRow.basic`.
BASIC_COLUMNS = tuple(EXTRA_LABELS["basic"].index(state.key.removeprefix("basic-")) for state in BASIC_STATES)


def shares(mix: tuple[float, ...] | None) -> dict[State, float]:
    """Return each state's share in percent, in the order of STATES; 0 for a missing mix."""
    return {state: 100 * mix[column] if mix else 0.0 for state, column in zip(STATES, COLUMNS, strict=True)}
