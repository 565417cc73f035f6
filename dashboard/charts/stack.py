"""Stacked bars over time with patterns: what faces showed in each segment, in parts that make a hundred."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from dashboard.charts import chart, plot, words
from dashboard.charts.chart import Chart, Table
from dashboard.charts.plot import Trace
from dashboard.charts.states import State
from dashboard.charts.theme import Palette, Template
from inference.selectors import ScoreRow

Shares = dict[State, float]
SharesOf = Callable[[ScoreRow], Shares]
"""The shares of a row's states in percent, in the order of the stack; empty where the row has none."""


def chart_of(
    rows: tuple[ScoreRow, ...],
    states: tuple[State, ...],
    shares_of: SharesOf,
    *,
    template_of: Callable[[Palette], Template],
    key: str,
    title: str,
    sentence: str,
) -> Chart:
    """Return a stack over time with its table and legend."""
    return Chart(
        key=key,
        title=title,
        sentence=sentence,
        figure=plot.figure(data=bars(rows, states, shares_of), layout=layout(rows)),
        templates=chart.themes(template_of),
        table=table(rows, states, shares_of),
        bins=plot.bins(rows),
        spoken=tuple(spoken(row, shares_of(row)) for row in rows),
        legend=states,
    )


def bars(rows: Sequence[ScoreRow], states: Sequence[State], shares_of: SharesOf) -> list[Trace]:
    """Return one trace a state; a segment without data is left out."""
    seen = [(row, shares_of(row)) for row in rows if shares_of(row)]
    return [_trace(state, seen, is_first=state is states[0]) for state in states]


def _trace(state: State, seen: list[tuple[ScoreRow, Shares]], *, is_first: bool) -> Trace:
    return plot.bar(
        x=[plot.middle(row) for row, _shares in seen],
        y=[round(shares[state], 1) for _row, shares in seen],
        width=[plot.width(row) for row, _shares in seen],
        # A click reports every bar of the stack: one of them knows the time.
        customdata=[plot.custom(row) for row, _shares in seen] if is_first else None,
        name=str(state.label),
        meta=state.key,
        hovertemplate="%{y:.0f} %",
    )


def layout(rows: tuple[ScoreRow, ...]) -> dict[str, Any]:
    """Return the axes of a stack over time."""
    yaxis = plot.percent_axis(tickvals=[0, 50, 100])
    return plot.layout(height=230, barmode="stack", xaxis=plot.time_axis(rows), yaxis=yaxis)


def spoken(row: ScoreRow, shares: Shares) -> str:
    """Say one segment in words, largest share first."""
    when = words.span(row.start_s, row.end_s)
    if not shares:
        return _("%(when)s: too few faces") % {"when": when}
    ordered = sorted(shares, key=lambda state: -shares[state])
    return f"{when}: " + ", ".join(f"{state.label} {shares[state]:.0f} %" for state in ordered)


def table(rows: Sequence[ScoreRow], states: Sequence[State], shares_of: SharesOf) -> Table:
    """Return the numbers of the stack."""
    header = (_("Time"), *(str(state.label) for state in states))
    return Table(header, tuple(_table_row(row, states, shares_of(row)) for row in rows))


def _table_row(row: ScoreRow, states: Sequence[State], shares: Shares) -> tuple[str, ...]:
    when = words.span(row.start_s, row.end_s)
    return (when, *(f"{shares[state]:.0f} %" if shares else "–" for state in states))


def means(rows: Sequence[ScoreRow], shares_of: SharesOf) -> Shares:
    """Return the mean share of each state over the rows that have any; empty where none has."""
    found = [shares for shares in map(shares_of, rows) if shares]
    return {state: sum(shares[state] for shares in found) / len(found) for state in found[0]} if found else {}
