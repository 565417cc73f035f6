"""Where to look."""

from __future__ import annotations

from dashboard.charts.highlights import highlights
from tests.dashboard.charts.rows import row, rows

CONFUSED = (0.2, 0.1, 0.1, 0.45, 0.05, 0.1)


def test_nothing_stands_out_in_a_steady_lecture() -> None:
    assert highlights(rows(60, 61, 60, 59)) == []


def test_nothing_stands_out_where_every_value_is_suppressed() -> None:
    assert highlights(rows(None, None)) == []


def test_a_clear_dip_is_more_than_chance() -> None:
    (found,) = highlights(rows(60, 60, 30, 60))
    assert (found.start_s, found.end_s) == (60, 90)
    assert "more than chance" in found.text


def test_a_shallow_dip_may_be_chance() -> None:
    lowest = row(2, 53.0)
    wide = type(lowest)(2, 60, 90, 53.0, 40.0, 66.0, 0.8, 300, 12, lowest.mix, None, None)
    (found,) = highlights((row(0), row(1), wide, row(3)))
    assert "may be chance" in found.text


def test_a_rise_of_confusion_is_named_with_its_share() -> None:
    found = highlights((row(0), row(1), row(2, mix=CONFUSED), row(3)))
    assert [(highlight.title, highlight.state) for highlight in found] == [("Most labelled confused", "confused")]
    assert "45 %" in found[0].text


def test_stretches_come_in_the_order_of_time() -> None:
    found = highlights((row(0, mix=CONFUSED), row(1), row(2, 30.0), row(3)))
    assert [highlight.start_s for highlight in found] == [0, 60]
