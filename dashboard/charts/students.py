"""C7: student by time, one of six states or no data in each cell; rows by name, never by value."""

from __future__ import annotations

import math
from typing import Any

from django.utils.translation import gettext as _

from dashboard.charts import chart, plot, theme
from dashboard.charts.chart import Chart
from dashboard.charts.plot import Trace
from dashboard.charts.states import COLUMNS, NO_DATA, STATES
from inference.selectors import Person, ScoreRow

ROW_PX = 30
AXIS_PX = 26
NOTHING = len(STATES)
# About the width of the chart in letters: a run of cells that is wide enough carries its state's letter.
LETTERS_ACROSS = 70
# Up to so many cells a row each of them carries its letter.
WIDE_CELLS = 24


def student_time(people: tuple[Person, ...]) -> Chart:
    """Return the heatmap of all people; the page writes the names beside its rows."""
    cells = [[cell(row) for row in person.rows] for person in people]
    codes = [[code for code, _percent in line] for line in cells]
    figure = plot.figure(data=[_cells(people, cells), *_letters(people, codes)], layout=_layout(people))
    return Chart(
        key="students",
        title=_("Students"),
        sentence=_("The expression pattern that each face was labelled with most, in each stretch of the lecture."),
        figure=figure,
        templates=chart.themes(_template),
        bins=plot.bins(people[0].rows) if people else (),
        lead_s=0,
    )


def cell(row: ScoreRow) -> tuple[int, int]:
    """Return the place of the leading state in STATES and its percent, or NOTHING and 0."""
    if row.mix is None:
        return NOTHING, 0
    mix = [row.mix[column] for column in COLUMNS]
    largest = max(mix)
    return mix.index(largest), round(100 * largest)


def _cells(people: tuple[Person, ...], cells: list[list[tuple[int, int]]]) -> Trace:
    rows = people[0].rows if people else ()
    return plot.heatmap(
        x=[plot.at(rows[0].start_s), *(plot.at(row.end_s) for row in rows)] if rows else [],
        y=list(range(len(people))),
        z=[[code for code, _percent in line] for line in cells],
        customdata=[[percent for _code, percent in line] for line in cells],
        zmin=-0.5,
        zmax=NOTHING + 0.5,
        showscale=False,
        xgap=1 if len(rows) <= LETTERS_ACROSS else 0,
        ygap=6,
        hoverinfo="none",
        meta=[*(str(state.label) for state in STATES), str(NO_DATA)],
    )


def _letters(people: tuple[Person, ...], codes: list[list[int]]) -> list[Trace]:
    """Return the letters of each state: in every wide cell, else in the middle of each run of cells with room."""
    n_bins = len(codes[0]) if codes else 0
    least = max(1, math.ceil(n_bins / LETTERS_ACROSS * 1.5))
    stretches = _cells_alone if n_bins <= WIDE_CELLS else _stretches
    places: list[list[tuple[float, int]]] = [[] for _state in STATES]
    for position, line in enumerate(codes):
        for state, first, last in stretches(line):
            if state != NOTHING and last - first + 1 >= least:
                middle = people[position].rows[(first + last) // 2]
                places[state].append((plot.middle(middle), position))
    return [_text(state.letter, found) for state, found in zip(STATES, places, strict=True)]


def _text(letter: str, places: list[tuple[float, int]]) -> Trace:
    x, y = [place[0] for place in places], [place[1] for place in places]
    return plot.scatter(x=x, y=y, text=[letter] * len(places), mode="text", hoverinfo="skip", cliponaxis=True)


def _cells_alone(line: list[int]) -> list[tuple[int, int, int]]:
    """Return (state, first, last) of each cell."""
    return [(state, position, position) for position, state in enumerate(line)]


def _stretches(line: list[int]) -> list[tuple[int, int, int]]:
    """Return (state, first, last) of each run of equal cells."""
    found: list[tuple[int, int, int]] = []
    for position, state in enumerate(line):
        if found and found[-1][0] == state:
            found[-1] = (state, found[-1][1], position)
        else:
            found.append((state, position, position))
    return found


def _layout(people: tuple[Person, ...]) -> dict[str, Any]:
    rows = people[0].rows if people else ()
    yaxis = {"range": [len(people) - 0.5, -0.5], "visible": False, "fixedrange": True}
    return plot.layout(
        height=len(people) * ROW_PX + AXIS_PX,
        hovermode="closest",
        xaxis=plot.time_axis(rows, showgrid=False),
        yaxis=yaxis,
        margin={"l": 0, "r": 8, "t": 0, "b": AXIS_PX, "pad": 0},
    )


def _template(palette: theme.Palette) -> theme.Template:
    colors = [*palette.states, palette.no_data]
    steps = len(colors)
    scale = [[(k + side) / steps, color] for k, color in enumerate(colors) for side in (0, 1)]
    letters = [{"textfont": {"color": ink, "size": 10}} for ink in palette.on_states]
    return theme.template(palette, heatmap=[{"colorscale": scale}], scatter=letters)
