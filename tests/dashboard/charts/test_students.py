"""Student by time."""

from __future__ import annotations

from plotly import graph_objects as go

from dashboard.charts.students import NOTHING, student_time
from tests.dashboard.charts.rows import person

PEOPLE = (person(1, name="Ana"), person(2))


def test_figure_and_templates_are_valid_plotly() -> None:
    drawn = student_time(PEOPLE)
    go.Figure(drawn.figure)
    for template in drawn.templates.values():
        go.layout.Template(template)


def test_an_unseen_segment_is_no_data_and_not_a_state() -> None:
    heatmap = student_time(PEOPLE).figure["data"][0]
    assert heatmap["z"] == [[0, NOTHING, 0], [0, NOTHING, 0]]
    assert heatmap["customdata"][0] == [50, 0, 50]


def test_cells_carry_letters_beside_colours() -> None:
    letters = [trace for trace in student_time(PEOPLE).figure["data"] if trace["type"] == "scatter"]
    assert letters[0]["text"] == ["F"] * 4
    assert all(not trace["text"] for trace in letters[1:])


def test_a_click_plays_the_exact_start() -> None:
    drawn = student_time(PEOPLE)
    assert drawn.lead_s == 0
    assert drawn.bins == ((0, 30), (30, 60), (60, 90))


def test_long_lectures_carry_letters_on_wide_stretches_alone() -> None:
    long = person(1, values=(60.0,) * 60 + (None,) * 60)
    letters = student_time((long,)).figure["data"][1]
    assert len(letters["text"]) == 1
