"""The mood of thirds and whole."""

from __future__ import annotations

from plotly import graph_objects as go

from dashboard.charts.mood import class_mood
from inference.selectors import SpanMix
from tests.dashboard.charts.rows import MIX

LATE = (0.3, 0.1, 0.15, 0.1, 0.25, 0.1)
SPANS = (
    SpanMix("whole", MIX, 12),
    SpanMix("first", MIX, 12),
    SpanMix("middle", None, 3),
    SpanMix("last", LATE, 11),
)


def test_figure_and_templates_are_valid_plotly() -> None:
    drawn = class_mood(SPANS)
    go.Figure(drawn.figure)
    for template in drawn.templates.values():
        go.layout.Template(template)


def test_thirds_come_in_order_and_the_whole_last() -> None:
    assert class_mood(SPANS).figure["data"][0]["y"] == ["First third", "Last third", "Whole"]


def test_a_suppressed_third_has_no_numbers() -> None:
    table = class_mood(SPANS).table
    assert table is not None
    assert table.rows[1] == ("Middle", "–", "–", "–", "–", "–", "–", "3")


def test_sentence_names_the_largest_change() -> None:
    assert "focused, 50 % to 30 %" in class_mood(SPANS).sentence


def test_thirds_that_hardly_differ_are_called_the_same() -> None:
    same = tuple(SpanMix(key, MIX, 12) for key in ("whole", "first", "middle", "last"))
    assert class_mood(same).sentence == "Much the same from the first to the last third."


def test_wide_parts_carry_letter_and_number() -> None:
    focused, tired = class_mood(SPANS).figure["data"][0], class_mood(SPANS).figure["data"][-1]
    assert focused["text"][0] == "F 50"
    assert tired["text"][0] == ""
