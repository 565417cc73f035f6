"""The concentration timeline: rows in, figure out."""

from __future__ import annotations

import pytest
from plotly import graph_objects as go

from dashboard.charts import plot
from dashboard.charts.highlight import Highlight
from dashboard.charts.timeline import concentration
from tests.dashboard.charts.rows import row, rows

BAND, LINE, GAPS, FACES = range(4)


def test_figure_is_valid_plotly() -> None:
    figure = concentration(rows(60, 61, None, 40)).figure
    go.Figure(figure)


def test_templates_are_valid_plotly() -> None:
    for template in concentration(rows(60, 61)).templates.values():
        go.layout.Template(template)


def test_band_is_one_closed_polygon_per_gap_free_run() -> None:
    band = concentration(rows(60, 61, None, 40)).figure["data"][BAND]
    assert band["fill"] == "toself"
    assert band["x"].count(None) == 2
    first = band["x"][: band["x"].index(None)]
    assert first[0] == first[-1]
    assert max(first) == plot.at(60)


def test_line_is_broken_at_gaps() -> None:
    line = concentration(rows(60, None, 40)).figure["data"][LINE]
    assert line["connectgaps"] is False
    assert line["y"] == [60, 60, 60, None, 40, 40, 40, None]


def test_gaps_are_hatched_and_labelled() -> None:
    drawn = concentration(rows(60, None, 40))
    assert drawn.figure["data"][GAPS]["x"] == [plot.at(45)]
    assert drawn.templates["light"]["data"]["bar"][0]["marker"]["pattern"]["shape"] == "/"
    assert "too few faces" in [note["text"] for note in drawn.figure["layout"]["annotations"]]


def test_click_data_starts_with_the_start_of_the_segment() -> None:
    line = concentration(rows(60, 61)).figure["data"][LINE]
    assert [point[0] for point in line["customdata"] if point] == [0, 0, 30, 30]


def test_table_has_the_numbers_of_the_figure() -> None:
    table = concentration(rows(60, None)).table
    assert table is not None
    assert table.rows == (
        ("0:00–0:30", "60", "55–65", "12", "80%"),
        ("0:30–1:00", "too few faces", "–", "12", "80%"),
    )


def test_sentence_names_usual_lowest_and_missing() -> None:
    sentence = concentration(rows(60, 60, 35, None)).sentence
    assert sentence == "Usually near 60 (12 people). Lowest at 1:00, about 35 (30–40). 30 s had too few faces."


def test_a_flat_line_is_called_steady() -> None:
    assert "Steady" in concentration(rows(60, 61, 60)).sentence


def test_every_segment_can_be_spoken() -> None:
    spoken = concentration((row(0), row(1, None))).spoken
    assert spoken == ("0:00–0:30: concentration 60 (55–65), 12 people", "0:30–1:00: too few faces")


def test_all_gaps_still_make_a_figure() -> None:
    drawn = concentration(rows(None, None))
    go.Figure(drawn.figure)
    assert "No stretch" in drawn.sentence


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_marked_stretch_takes_the_colour_of_its_state(theme: str) -> None:
    drawn = concentration(rows(60, 40), marked=[Highlight(30, 60, "", "", "confused")])
    bars = drawn.templates[theme]["data"]["bar"]
    assert len(bars) == sum(trace["type"] == "bar" for trace in drawn.figure["data"])
    assert bars[-1]["marker"]["color"] == {"light": "#7B2F8A", "dark": "#D53DE6"}[theme]
