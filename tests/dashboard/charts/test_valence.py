"""Valence over time: rows in, figure out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from plotly import graph_objects as go

from dashboard.charts.valence import balance, sentence, valence
from inference.selectors import ScoreRow
from tests.dashboard.charts.rows import row


def rows(*shares: tuple[float, float, float] | None) -> tuple[ScoreRow, ...]:
    return tuple(replace(row(index), valence=found) for index, found in enumerate(shares))


LEANING = rows((0.1, 0.5, 0.4), None, (0.3, 0.5, 0.2))


def test_figure_and_templates_are_valid_plotly() -> None:
    drawn = valence(LEANING)
    go.Figure(drawn.figure)
    for template in drawn.templates.values():
        go.layout.Template(template)


def test_the_balance_is_positive_minus_negative() -> None:
    bars, gaps, coverage = valence(LEANING).figure["data"]
    assert bars["y"] == [30, -10]
    assert len(gaps["x"]) == 1
    assert coverage["y"] == [80, 80, 80]
    assert balance(LEANING[0]) == pytest.approx(30)


def test_a_click_on_a_bar_knows_its_start() -> None:
    assert [point[0] for point in valence(LEANING).figure["data"][0]["customdata"]] == [0, 60]


def test_table_has_the_numbers_and_the_coverage() -> None:
    table = valence(LEANING).table
    assert table is not None
    assert table.rows[0] == ("0:00–0:30", "+30", "40 %", "50 %", "10 %", "12", "80%")
    assert table.rows[1] == ("0:30–1:00", "too few faces", "–", "–", "–", "12", "80%")


def test_each_segment_can_be_heard() -> None:
    spoken = valence(LEANING).spoken
    assert spoken[0] == "0:00–0:30: faces appear positive 40 %, neutral 50 %, negative 10 %, 12 people"
    assert spoken[1] == "0:30–1:00: too few faces"


@pytest.mark.parametrize(
    ("shares", "words"),
    [
        ((0.1, 0.5, 0.4), "Faces appear positive more often than negative (+30 points)."),
        ((0.4, 0.5, 0.1), "Faces appear negative more often than positive (-30 points)."),
        ((0.25, 0.5, 0.25), "Faces appear positive about as often as negative (+0 points)."),
        (None, "No stretch of this lecture has enough faces for a balance."),
    ],
)
def test_the_sentence_speaks_of_appearance(shares: tuple[float, float, float] | None, words: str) -> None:
    assert sentence(rows(shares)) == words
