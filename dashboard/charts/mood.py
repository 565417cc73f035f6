"""C4: the class's mood in each third of the lecture and in the whole, as bars of 100 %."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.charts import chart, plot, theme, words
from dashboard.charts.chart import Chart, Table
from dashboard.charts.plot import Trace
from dashboard.charts.states import STATES, State, shares
from inference.selectors import SpanMix

SPANS = {
    "first": gettext_lazy("First third"),
    "middle": gettext_lazy("Middle"),
    "last": gettext_lazy("Last third"),
    "whole": gettext_lazy("Whole"),
}
# A narrower part has no room for its number; the table has them all.
LABELLED_PERCENT = 6
# A smaller change is not worth a sentence: it may be chance.
LEAST_POINTS = 3


def class_mood(mixes: tuple[SpanMix, ...]) -> Chart:
    """Return the summary of the lecture's mood."""
    ordered = sorted(mixes, key=lambda span: list(SPANS).index(span.key))
    figure = plot.figure(data=[_bars(state, ordered) for state in STATES], layout=_layout())
    return Chart(
        key="mood",
        title=_("Class mood"),
        sentence=sentence(ordered),
        figure=figure,
        templates=chart.themes(lambda palette: theme.template(palette, bar=theme.lettered_bars(palette))),
        table=_table(ordered),
    )


def percents(span: SpanMix) -> dict[State, float]:
    """Return each state's share in percent; empty where too few people were seen."""
    return shares(span.mix) if span.mix else {}


def sentence(spans: list[SpanMix]) -> str:
    """Say what changed most between the first and the last third."""
    thirds = {span.key: percents(span) for span in spans}
    first, last = thirds.get("first"), thirds.get("last")
    if not first or not last:
        return _("Too few faces to compare the thirds of this lecture.")
    state = max(STATES, key=lambda state: abs(last[state] - first[state]))
    if abs(last[state] - first[state]) < LEAST_POINTS:
        return _("Much the same from the first to the last third.")
    return _("Largest change from the first to the last third: %(state)s, %(a).0f %% to %(b).0f %%.") % {
        "state": str(state.label).lower(),
        "a": first[state],
        "b": last[state],
    }


def _bars(state: State, spans: list[SpanMix]) -> Trace:
    seen = [span for span in spans if span.mix]
    values = [percents(span)[state] for span in seen]
    return plot.bar(
        x=[round(value, 1) for value in values],
        y=[str(SPANS[span.key]) for span in seen],
        text=[f"{state.letter} {value:.0f}" if value >= LABELLED_PERCENT else "" for value in values],
        customdata=[[words.people(span.n_people)] for span in seen],
        orientation="h",
        width=0.58,
        name=str(state.label),
        meta=state.key,
        textposition="inside",
        insidetextanchor="middle",
        textangle=0,
        hovertemplate="%{y}: %{x:.0f} % · %{customdata[0]}",
    )


def _layout() -> dict[str, Any]:
    labels = [str(label) for label in SPANS.values()]
    xaxis = plot.percent_axis(tickvals=[0, 50, 100], ticktext=["0 %", "50 %", "100 %"])
    yaxis = {"type": "category", "categoryarray": labels, "range": [3.5, -0.5], "fixedrange": True, "showgrid": False}
    margin = {"l": 74, "r": 24, "t": 0, "b": 26, "pad": 4}
    text = {"minsize": 10, "mode": "hide"}
    shown = {"xaxis": xaxis, "yaxis": yaxis, "margin": margin, "uniformtext": text}
    return plot.layout(height=210, barmode="stack", hovermode="closest", **shown)


def _table(spans: list[SpanMix]) -> Table:
    header = (_("Part"), *(str(state.label) for state in STATES), _("People"))
    return Table(header, tuple(_table_row(span) for span in spans))


def _table_row(span: SpanMix) -> tuple[str, ...]:
    found = percents(span)
    cells = (f"{found[state]:.0f} %" if found else "–" for state in STATES)
    return (str(SPANS[span.key]), *cells, str(span.n_people))
