"""C1 and C3: concentration over time with its band, gaps hatched, and under it how many faces were seen."""

from __future__ import annotations

import statistics
from typing import Any

from django.utils.translation import gettext as _

from dashboard.charts import chart, theme, words
from dashboard.charts.chart import Chart, Table, Trace
from dashboard.charts.highlight import Highlight
from inference.selectors import ScoreRow

# Up to here each point gets a marker; beyond, the line alone is clearer.
MARKED_POINTS = 40
# A hatched gap of at least this share of the lecture has room for its words.
LABELLED_GAP = 0.04
# A line that stays this close to its median is called steady: less than the spread of one value.
STEADY_POINTS = 5.0


def concentration(rows: tuple[ScoreRow, ...], *, marked: list[Highlight] | None = None) -> Chart:
    """Return the timeline of the class; `marked` stretches are tinted in the colour of their state."""
    marked = marked or []
    traces = [_band(rows), _line(rows), _gaps(rows), _faces(rows), *(_mark(highlight) for highlight in marked)]
    figure = chart.figure(data=traces, layout=_layout(rows))
    return Chart(
        key="concentration",
        title=_("Concentration over time"),
        sentence=sentence(rows),
        figure=figure,
        templates=chart.themes(lambda palette: _template(palette, marked)),
        table=_table(rows),
        bins=chart.bins(rows),
        spoken=tuple(spoken(row) for row in rows),
    )


def sentence(rows: tuple[ScoreRow, ...]) -> str:
    """Say in words what the line shows."""
    values = [row for row in rows if row.concentration is not None]
    if not values:
        return _("No stretch of this lecture has enough faces for a class value.")
    lowest = min(values, key=lambda row: row.concentration or 0.0)
    facts = {"usual": usual(rows), "people": words.people(max(row.n_people for row in values))}
    parts = [_("Usually near %(usual).0f (%(people)s).") % facts, _depth(lowest, usual(rows)), _missing(rows)]
    return " ".join(part for part in parts if part)


def _depth(lowest: ScoreRow, level: float) -> str:
    if level - (lowest.concentration or 0.0) < STEADY_POINTS:
        return _("Steady: no stretch is clearly lower.")
    return _("Lowest at %(when)s, about %(value)s.") % {
        "when": words.elapsed(lowest.start_s),
        "value": value(lowest),
    }


def usual(rows: tuple[ScoreRow, ...]) -> float:
    """Return the lecture's own median."""
    return statistics.median(row.concentration for row in rows if row.concentration is not None)


def value(row: ScoreRow) -> str:
    """Write a row's concentration with its interval."""
    return words.interval(row.concentration or 0.0, row.low, row.high)


def spoken(row: ScoreRow) -> str:
    """Say one segment in words."""
    when = words.span(row.start_s, row.end_s)
    if row.concentration is None:
        return _("%(when)s: too few faces") % {"when": when}
    return _("%(when)s: concentration %(value)s, %(people)s") % {
        "when": when,
        "value": value(row),
        "people": words.people(row.n_people),
    }


def _missing(rows: tuple[ScoreRow, ...]) -> str:
    missing_s = sum(row.end_s - row.start_s for row in rows if row.concentration is None)
    return _("%(time)s had too few faces.") % {"time": words.length(missing_s)} if missing_s else ""


def _band(rows: tuple[ScoreRow, ...]) -> Trace:
    """Return the 95 % band: one closed polygon a gap-free run, so that no band crosses a gap."""
    x: list[float | None] = []
    y: list[float | None] = []
    for run in chart.runs(rows, filled=True):
        if any(row.low is None or row.high is None for row in run):
            continue
        along = _edges(run)
        x += [*along, *reversed(along), along[0], None]
        upper = _held([row.high for row in run])
        lower = _held([row.low for row in run])
        y += [*upper, *reversed(lower), upper[0], None]
    return chart.scatter(x=x, y=y, mode="lines", fill="toself", hoverinfo="skip", name=_("95 % interval"))


def _line(rows: tuple[ScoreRow, ...]) -> Trace:
    """Return the centre line; points of a run reach its first and last edge."""
    x: list[float | None] = []
    y: list[float | None] = []
    data: list[list[Any] | None] = []
    for run in chart.runs(rows, filled=True):
        x += [*_edges(run), None]
        y += [*_held([row.concentration for row in run]), None]
        data += [*_held([_details(row) for row in run]), None]
    return chart.scatter(
        x=x,
        y=y,
        customdata=data,
        mode="lines+markers" if len(rows) <= MARKED_POINTS else "lines",
        connectgaps=False,
        name=_("Concentration"),
        hovertemplate="%{customdata[4]} · %{customdata[5]}<extra></extra>",
    )


def _details(row: ScoreRow) -> list[Any]:
    return [*chart.custom(row), value(row), words.people(row.n_people)]


def _edges(run: list[ScoreRow]) -> list[float]:
    return [chart.at(run[0].start_s), *(chart.middle(row) for row in run), chart.at(run[-1].end_s)]


def _held(values: list[Any]) -> list[Any]:
    return [values[0], *values, values[-1]]


def _gaps(rows: tuple[ScoreRow, ...]) -> Trace:
    """Return hatched bars where there is no class value."""
    empty = [row for row in rows if row.concentration is None]
    return chart.bar(
        x=[chart.middle(row) for row in empty],
        y=[100] * len(empty),
        width=[chart.width(row) for row in empty],
        customdata=[chart.custom(row) for row in empty],
        hovertemplate=f"{chart.too_few()}<extra></extra>",
        name=chart.too_few(),
    )


def _faces(rows: tuple[ScoreRow, ...]) -> Trace:
    return chart.bar(
        x=[chart.middle(row) for row in rows],
        y=[row.n_people for row in rows],
        width=[chart.width(row) for row in rows],
        customdata=[chart.custom(row) for row in rows],
        yaxis="y2",
        hoverinfo="skip",
        name=_("Faces"),
    )


def _mark(highlight: Highlight) -> Trace:
    middle_s = (highlight.start_s + highlight.end_s) / 2
    length = chart.at(highlight.end_s - highlight.start_s)
    return chart.bar(x=[chart.at(middle_s)], y=[100], width=[length], opacity=0.16, hoverinfo="skip")


def _layout(rows: tuple[ScoreRow, ...]) -> dict[str, Any]:
    most = max((row.n_people for row in rows), default=1) or 1
    return chart.layout(
        height=330,
        barmode="overlay",
        xaxis=chart.time_axis(rows, anchor="y2"),
        yaxis=chart.percent_axis(domain=[0.24, 1]),
        yaxis2={"domain": [0, 0.15], "range": [0, most], "tickvals": [most], "fixedrange": True, "showgrid": False},
        margin={"l": 34, "r": 8, "t": 8, "b": 26, "pad": 0},
        annotations=[*_gap_labels(rows), *_usual_label(rows)],
        shapes=_usual_line(rows),
    )


def _usual_line(rows: tuple[ScoreRow, ...]) -> list[dict[str, Any]]:
    if not chart.runs(rows, filled=True):
        return []
    level = usual(rows)
    place = {"x0": 0, "x1": chart.at(rows[-1].end_s), "y0": level, "y1": level}
    return [{"type": "line", **place, "line": {"dash": "dot", "width": 1}, "layer": "below"}]


def _usual_label(rows: tuple[ScoreRow, ...]) -> list[dict[str, Any]]:
    if not chart.runs(rows, filled=True):
        return []
    level = usual(rows)
    text = _("usual %d") % round(level)
    place = {"x": 1, "xref": "paper", "y": min(level + 18, 100), "xanchor": "right", "yanchor": "middle"}
    return [{**place, "text": text, "showarrow": False}]


def _gap_labels(rows: tuple[ScoreRow, ...]) -> list[dict[str, Any]]:
    end_s = rows[-1].end_s if rows else 0.0
    gaps = [(run[0].start_s, run[-1].end_s) for run in chart.runs(rows, filled=False)]
    wide = [gap for gap in gaps if gap[1] - gap[0] >= LABELLED_GAP * end_s]
    return [
        {"x": chart.at(sum(gap) / 2), "y": 50, "text": chart.too_few(), "textangle": -90, "showarrow": False}
        for gap in wide
    ]


def _template(palette: theme.Palette, marked: list[Highlight]) -> theme.Template:
    line = {"color": palette.states[0], "width": 2}
    return theme.template(
        palette,
        scatter=[
            {"fillcolor": palette.band, "line": {"width": 0, "color": palette.band}},
            {"line": line, "marker": {"color": palette.states[0], "size": 5}},
        ],
        bar=[
            {"marker": theme.hatch(palette)},
            {"marker": {"color": palette.faces, "line": {"width": 1, "color": palette.surface}}},
            *(theme.plain_bar(theme.state_color(palette, highlight.state)) for highlight in marked),
        ],
    )


def _table(rows: tuple[ScoreRow, ...]) -> Table:
    header = (_("Time"), _("Concentration"), _("95 % interval"), _("People"), _("Coverage"))
    return Table(header, tuple(_table_row(row) for row in rows))


def _table_row(row: ScoreRow) -> tuple[str, ...]:
    cells = (words.span(row.start_s, row.end_s), *_value_cells(row))
    return (*cells, str(row.n_people), f"{row.coverage:.0%}")


def _value_cells(row: ScoreRow) -> tuple[str, str]:
    if row.concentration is None:
        return chart.too_few(), "–"
    if row.low is None or row.high is None:
        return f"{row.concentration:.0f}", "–"
    return f"{row.concentration:.0f}", f"{row.low:.0f}–{row.high:.0f}"
