"""The timeline's axes, its labels and its styles."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from dashboard.charts import plot, theme
from dashboard.charts.highlight import Highlight
from dashboard.charts.timeline_words import usual
from inference.selectors import ScoreRow

# A hatched gap of at least this share of the lecture has room for its words.
LABELLED_GAP = 0.04


def layout(rows: tuple[ScoreRow, ...]) -> dict[str, Any]:
    """Return the line above, the strip of faces below, and one axis of time for both."""
    most = max((row.n_people for row in rows), default=1) or 1
    return plot.layout(
        height=330,
        barmode="overlay",
        xaxis=plot.time_axis(rows, anchor="y2"),
        yaxis=plot.percent_axis(domain=[0.24, 1]),
        yaxis2={"domain": [0, 0.15], "range": [0, most], "tickvals": [most], "fixedrange": True, "showgrid": False},
        margin={"l": 34, "r": 8, "t": 8, "b": 26, "pad": 0},
        annotations=[*_gap_labels(rows), *_usual_label(rows)],
        shapes=_usual_line(rows),
    )


def _usual_line(rows: tuple[ScoreRow, ...]) -> list[dict[str, Any]]:
    if not plot.runs(rows, filled=True):
        return []
    level = usual(rows)
    place = {"x0": 0, "x1": plot.at(rows[-1].end_s), "y0": level, "y1": level}
    return [{"type": "line", **place, "line": {"dash": "dot", "width": 1}, "layer": "below"}]


def _usual_label(rows: tuple[ScoreRow, ...]) -> list[dict[str, Any]]:
    if not plot.runs(rows, filled=True):
        return []
    level = usual(rows)
    text = _("usual %d") % round(level)
    place = {"x": 1, "xref": "paper", "y": min(level + 18, 100), "xanchor": "right", "yanchor": "middle"}
    return [{**place, "text": text, "showarrow": False}]


def _gap_labels(rows: tuple[ScoreRow, ...]) -> list[dict[str, Any]]:
    end_s = rows[-1].end_s if rows else 0.0
    gaps = [(run[0].start_s, run[-1].end_s) for run in plot.runs(rows, filled=False)]
    wide = [gap for gap in gaps if gap[1] - gap[0] >= LABELLED_GAP * end_s]
    return [
        {"x": plot.at(sum(gap) / 2), "y": 50, "text": plot.too_few(), "textangle": -90, "showarrow": False}
        for gap in wide
    ]


def template(palette: theme.Palette, marked: list[Highlight]) -> theme.Template:
    """Return the styles of the traces, in their order."""
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
