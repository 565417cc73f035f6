"""C1 and C3: concentration over time with its band, gaps hatched, and under it how many faces were seen."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from dashboard.charts import chart, plot, words
from dashboard.charts.chart import Chart
from dashboard.charts.highlight import Highlight
from dashboard.charts.plot import Trace
from dashboard.charts.timeline_layout import layout, template
from dashboard.charts.timeline_words import sentence, spoken, table, value
from inference.selectors import ScoreRow

# Up to here each point gets a marker; beyond, the line alone is clearer.
MARKED_POINTS = 40


def concentration(rows: tuple[ScoreRow, ...], *, marked: list[Highlight] | None = None) -> Chart:
    """Return the timeline of the class; `marked` stretches are tinted in the colour of their state."""
    marked = marked or []
    traces = [_band(rows), _line(rows), _gaps(rows), _faces(rows), *(_mark(highlight) for highlight in marked)]
    figure = plot.figure(data=traces, layout=layout(rows))
    return Chart(
        key="concentration",
        title=_("Concentration over time"),
        sentence=sentence(rows),
        figure=figure,
        templates=chart.themes(lambda palette: template(palette, marked)),
        table=table(rows),
        bins=plot.bins(rows),
        spoken=tuple(spoken(row) for row in rows),
    )


def _band(rows: tuple[ScoreRow, ...]) -> Trace:
    """Return the 95 % band: one closed polygon a gap-free run, so that no band crosses a gap."""
    x: list[float | None] = []
    y: list[float | None] = []
    for run in plot.runs(rows, filled=True):
        if any(row.low is None or row.high is None for row in run):
            continue
        along = _edges(run)
        x += [*along, *reversed(along), along[0], None]
        upper = _held([row.high for row in run])
        lower = _held([row.low for row in run])
        y += [*upper, *reversed(lower), upper[0], None]
    return plot.scatter(x=x, y=y, mode="lines", fill="toself", hoverinfo="skip", name=_("95 % interval"))


def _line(rows: tuple[ScoreRow, ...]) -> Trace:
    """Return the centre line; points of a run reach its first and last edge."""
    x: list[float | None] = []
    y: list[float | None] = []
    data: list[list[Any] | None] = []
    for run in plot.runs(rows, filled=True):
        x += [*_edges(run), None]
        y += [*_held([row.concentration for row in run]), None]
        data += [*_held([_details(row) for row in run]), None]
    return plot.scatter(
        x=x,
        y=y,
        customdata=data,
        mode="lines+markers" if len(rows) <= MARKED_POINTS else "lines",
        connectgaps=False,
        name=_("Concentration"),
        hovertemplate="%{customdata[4]} · %{customdata[5]}<extra></extra>",
    )


def _details(row: ScoreRow) -> list[Any]:
    return [*plot.custom(row), value(row), words.people(row.n_people)]


def _edges(run: list[ScoreRow]) -> list[float]:
    return [plot.at(run[0].start_s), *(plot.middle(row) for row in run), plot.at(run[-1].end_s)]


def _held(values: list[Any]) -> list[Any]:
    return [values[0], *values, values[-1]]


def _gaps(rows: tuple[ScoreRow, ...]) -> Trace:
    """Return hatched bars where there is no class value."""
    empty = [row for row in rows if row.concentration is None]
    return plot.bar(
        x=[plot.middle(row) for row in empty],
        y=[100] * len(empty),
        width=[plot.width(row) for row in empty],
        customdata=[plot.custom(row) for row in empty],
        hovertemplate=f"{plot.too_few()}<extra></extra>",
        name=plot.too_few(),
    )


def _faces(rows: tuple[ScoreRow, ...]) -> Trace:
    return plot.bar(
        x=[plot.middle(row) for row in rows],
        y=[row.n_people for row in rows],
        width=[plot.width(row) for row in rows],
        customdata=[plot.custom(row) for row in rows],
        yaxis="y2",
        hoverinfo="skip",
        name=_("Faces"),
    )


def _mark(highlight: Highlight) -> Trace:
    middle_s = (highlight.start_s + highlight.end_s) / 2
    length = plot.at(highlight.end_s - highlight.start_s)
    return plot.bar(x=[plot.at(middle_s)], y=[100], width=[length], opacity=0.16, hoverinfo="skip")
