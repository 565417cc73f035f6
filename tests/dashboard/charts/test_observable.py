"""Eyes and heads: the strictest mode."""

from __future__ import annotations

from plotly import graph_objects as go

from dashboard.charts.observable import eyes_and_heads
from tests.dashboard.charts.rows import rows


def test_figure_is_valid_plotly() -> None:
    go.Figure(eyes_and_heads(rows(60, None)).figure)


def test_no_expression_is_named() -> None:
    drawn = eyes_and_heads(rows(60, None))
    text = f"{drawn.figure}{drawn.table}{drawn.sentence}".lower()
    assert not any(word in text for word in ("concentration", "distracted", "confused", "engagement"))


def test_table_has_the_shares() -> None:
    table = eyes_and_heads(rows(60)).table
    assert table is not None
    assert table.rows == (("0:00–0:30", "5%", "10%", "12"),)
