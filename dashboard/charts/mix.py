"""C2: what faces showed over time, as stacked bars with patterns; a segment without data is left out."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from dashboard.charts import chart, plot, theme, words
from dashboard.charts.chart import Chart, Table
from dashboard.charts.plot import Trace
from dashboard.charts.states import COLUMNS, STATES, State
from inference.selectors import ScoreRow


def emotion_mix(rows: tuple[ScoreRow, ...]) -> Chart:
    """Return the mix of the class over time."""
    figure = plot.figure(data=[_bars(state, rows) for state in STATES], layout=_layout(rows))
    return Chart(
        key="mix",
        title=_("What faces showed"),
        sentence=sentence(rows),
        figure=figure,
        templates=chart.themes(lambda palette: theme.template(palette, bar=theme.patterned_bars(palette))),
        table=_table(rows),
        bins=plot.bins(rows),
        spoken=tuple(spoken(row) for row in rows),
    )


def percent(row: ScoreRow, state: State) -> float:
    """Return a state's share in a row with a mix, in percent."""
    return 100 * row.mix[COLUMNS[STATES.index(state)]] if row.mix else 0.0


def leading(row: ScoreRow, *, count: int = 1) -> list[State]:
    """Return the states with the largest shares."""
    return sorted(STATES, key=lambda state: -percent(row, state))[:count]


def sentence(rows: tuple[ScoreRow, ...]) -> str:
    """Say in words which states lead, and where the second one peaks."""
    seen = [row for row in rows if row.mix]
    if not seen:
        return _("No stretch of this lecture has enough faces for a class mix.")
    means = {state: sum(percent(row, state) for row in seen) / len(seen) for state in STATES}
    first, second = sorted(STATES, key=lambda state: -means[state])[:2]
    peak = max(seen, key=lambda row: percent(row, second))
    return _("Most often labelled %(first)s (%(a).0f %%), then %(second)s (%(b).0f %%, most at %(when)s).") % {
        "first": str(first.label).lower(),
        "a": means[first],
        "second": str(second.label).lower(),
        "b": means[second],
        "when": words.elapsed(peak.start_s),
    }


def spoken(row: ScoreRow) -> str:
    """Say one segment in words, largest share first."""
    when = words.span(row.start_s, row.end_s)
    if row.mix is None:
        return _("%(when)s: too few faces") % {"when": when}
    shares = ", ".join(f"{state.label} {percent(row, state):.0f} %" for state in leading(row, count=len(STATES)))
    return f"{when}: {shares}"


def _bars(state: State, rows: tuple[ScoreRow, ...]) -> Trace:
    seen = [row for row in rows if row.mix]
    return plot.bar(
        x=[plot.middle(row) for row in seen],
        y=[round(percent(row, state), 1) for row in seen],
        width=[plot.width(row) for row in seen],
        # A click reports every bar of the stack: one of them knows the time.
        customdata=[plot.custom(row) for row in seen] if state is STATES[0] else None,
        name=str(state.label),
        meta=state.key,
        hovertemplate="%{y:.0f} %",
    )


def _layout(rows: tuple[ScoreRow, ...]) -> dict[str, Any]:
    yaxis = plot.percent_axis(tickvals=[0, 50, 100])
    return plot.layout(height=230, barmode="stack", xaxis=plot.time_axis(rows), yaxis=yaxis)


def _table(rows: tuple[ScoreRow, ...]) -> Table:
    return Table((_("Time"), *(str(state.label) for state in STATES)), tuple(_table_row(row) for row in rows))


def _table_row(row: ScoreRow) -> tuple[str, ...]:
    when = words.span(row.start_s, row.end_s)
    if row.mix is None:
        return (when, *("–" for _state in STATES))
    return (when, *(f"{percent(row, state):.0f} %" for state in STATES))
