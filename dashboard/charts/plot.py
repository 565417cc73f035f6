"""The parts that every figure is put together from: traces, axes, and places on the axis of time."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils.translation import gettext as _

from inference.selectors import ScoreRow

HOUR_S = 3600
MILLISECONDS = 1000
Axis = dict[str, Any]
Trace = dict[str, Any]


def figure(*, data: list[Trace], layout: dict[str, Any]) -> dict[str, Any]:
    """Return a Plotly figure. It is built as plain values: Plotly's own classes check each of them on every request,
    which takes longer than all the rest of a page; the tests pass every figure through them instead."""
    return {"data": data, "layout": layout}


def scatter(**values: Any) -> Trace:
    """Return a scatter trace."""
    return {"type": "scatter", **values}


def percent_line(
    rows: Iterable[ScoreRow], shares: Iterable[float | None], name: str, *, dash: str = "solid", unit: str = " %"
) -> Trace:
    """Return a line of `shares` (0 to 1) over the middles of `rows`, in percent; a gap is a segment without one."""
    found = list(rows)
    return scatter(
        x=[middle(row) for row in found],
        y=[None if share is None else round(100 * share, 1) for share in shares],
        customdata=[custom(row) for row in found],
        mode="lines+markers",
        connectgaps=False,
        name=name,
        line={"dash": dash},
        hovertemplate=f"{name} %{{y:.0f}}{unit}<extra></extra>",
    )


def bar(**values: Any) -> Trace:
    """Return a bar trace."""
    return {"type": "bar", **values}


def heatmap(**values: Any) -> Trace:
    """Return a heatmap trace."""
    return {"type": "heatmap", **values}


def at(seconds: float) -> float:
    """Return the place on a date axis that starts at 1970-01-01T00:00Z: elapsed time in milliseconds."""
    return round(seconds * MILLISECONDS)


def middle(row: ScoreRow) -> float:
    """Return the middle of a segment on the axis."""
    return at((row.start_s + row.end_s) / 2)


def width(row: ScoreRow) -> float:
    """Return the length of a segment on the axis."""
    return at(row.end_s - row.start_s)


def custom(row: ScoreRow) -> list[float]:
    """Return what a click needs to know: start, end, people, index."""
    return [row.start_s, row.end_s, row.n_people, row.index]


def bins(rows: Iterable[ScoreRow]) -> tuple[tuple[float, float], ...]:
    """Return start and end of each row."""
    return tuple((row.start_s, row.end_s) for row in rows)


def time_axis(rows: tuple[ScoreRow, ...], **more: Any) -> Axis:
    """Return an axis of elapsed time over all rows."""
    end_s = rows[-1].end_s if rows else 0.0
    stamp = "%-H:%M:%S" if end_s >= HOUR_S else "%-M:%S"
    return {
        "type": "date",
        "range": [0, at(end_s)],
        "tickformat": stamp,
        "hoverformat": stamp,
        "showgrid": True,
        "fixedrange": True,
        "ticks": "",
        "ticklabelstandoff": 3,
        "tickangle": 0,
        **more,
    }


def percent_axis(**more: Any) -> Axis:
    """Return an axis from 0 to 100."""
    return {"range": [0, 100], "tickvals": [0, 25, 50, 75, 100], "fixedrange": True, "showgrid": True, **more}


def layout(**more: Any) -> dict[str, Any]:
    """Return what all figures share: no legend and no modebar of Plotly's, fixed margins."""
    shared = {
        "margin": {"l": 34, "r": 8, "t": 8, "b": 26, "pad": 0},
        "showlegend": False,
        "hovermode": "x unified",
        "dragmode": False,
        "bargap": 0,
        "uirevision": "keep",
    }
    return {**shared, **more}


def runs(rows: Iterable[ScoreRow], *, filled: bool) -> list[list[ScoreRow]]:
    """Return neighbouring rows with a concentration (`filled`) or without, as gap-free runs."""
    found: list[list[ScoreRow]] = []
    previous = -2
    for position, row in enumerate(rows):
        if (row.concentration is not None) != filled:
            continue
        if position != previous + 1:
            found.append([])
        found[-1].append(row)
        previous = position
    return found


def too_few() -> str:
    """Return the words for a stretch without a value."""
    return _("too few faces")
