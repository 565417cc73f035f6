"""Expression valence over time, where the institution chose it: positive minus negative, and under it the coverage."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from dashboard.charts import chart, plot, theme, words
from dashboard.charts.chart import Chart, Table
from dashboard.charts.plot import Trace
from inference.selectors import EXTRA_LABELS, ScoreRow

NEGATIVE, NEUTRAL, POSITIVE = (EXTRA_LABELS["valence"].index(name) for name in ("negative", "neutral", "positive"))
# A smaller balance is called even: less than the spread of one value.
EVEN_POINTS = 5.0


def valence(rows: tuple[ScoreRow, ...]) -> Chart:
    """Return the balance of the class over time."""
    figure = plot.figure(data=[_bars(rows), _gaps(rows), _coverage(rows)], layout=_layout(rows))
    return Chart(
        key="valence",
        title=_("Expression valence"),
        sentence=sentence(rows),
        figure=figure,
        templates=chart.themes(_template),
        table=_table(rows),
        bins=plot.bins(rows),
        spoken=tuple(_spoken(row) for row in rows),
    )


def balance(row: ScoreRow) -> float:
    """Return how much more often faces appear positive than negative, in points from -100 to 100."""
    return 100 * (row.valence[POSITIVE] - row.valence[NEGATIVE]) if row.valence else 0.0


def sentence(rows: tuple[ScoreRow, ...]) -> str:
    """Say in words which way the lecture leans."""
    values = [balance(row) for row in rows if row.valence]
    if not values:
        return _("No stretch of this lecture has enough faces for a balance.")
    mean = sum(values) / len(values)
    facts = {"points": f"{mean:+.0f}"}
    if abs(mean) < EVEN_POINTS:
        return _("Faces appear positive about as often as negative (%(points)s points).") % facts
    if mean > 0:
        return _("Faces appear positive more often than negative (%(points)s points).") % facts
    return _("Faces appear negative more often than positive (%(points)s points).") % facts


def _bars(rows: tuple[ScoreRow, ...]) -> Trace:
    seen = [row for row in rows if row.valence]
    return plot.bar(
        x=[plot.middle(row) for row in seen],
        y=[round(balance(row), 1) for row in seen],
        width=[plot.width(row) for row in seen],
        customdata=[[*plot.custom(row), _shares(row), f"{row.coverage:.0%}"] for row in seen],
        name=_("Positive minus negative"),
        hovertemplate="%{y:+.0f}: %{customdata[4]} · %{customdata[5]}<extra></extra>",
    )


def _gaps(rows: tuple[ScoreRow, ...]) -> Trace:
    """Return hatched bars where there is no class value."""
    empty = [row for row in rows if row.valence is None]
    return plot.bar(
        x=[plot.middle(row) for row in empty],
        y=[200] * len(empty),
        base=[-100] * len(empty),
        width=[plot.width(row) for row in empty],
        customdata=[plot.custom(row) for row in empty],
        hovertemplate=f"{plot.too_few()}<extra></extra>",
        name=plot.too_few(),
    )


def _coverage(rows: tuple[ScoreRow, ...]) -> Trace:
    return plot.bar(
        x=[plot.middle(row) for row in rows],
        y=[round(100 * row.coverage) for row in rows],
        width=[plot.width(row) for row in rows],
        customdata=[plot.custom(row) for row in rows],
        yaxis="y2",
        hoverinfo="skip",
        name=_("Coverage"),
    )


def _layout(rows: tuple[ScoreRow, ...]) -> dict[str, Any]:
    sides = {"range": [-100, 100], "tickvals": [-100, 0, 100], "ticktext": ["−100", "0", "+100"], "fixedrange": True}
    zero = {"type": "line", "x0": 0, "x1": 1, "xref": "paper", "y0": 0, "y1": 0, "line": {"width": 1}}
    strip = {"fixedrange": True, "showgrid": False}
    place = {"x": 1, "xref": "paper", "xanchor": "right", "y": 0.17, "yref": "paper", "yanchor": "bottom"}
    return plot.layout(
        height=230,
        barmode="overlay",
        xaxis=plot.time_axis(rows, anchor="y2"),
        yaxis={**sides, "domain": [0.28, 1], "showgrid": True},
        yaxis2={**strip, "domain": [0, 0.17], "range": [0, 100], "tickvals": [100], "ticktext": ["100 %"]},
        shapes=[zero],
        annotations=[{**place, "text": _("coverage"), "showarrow": False}],
    )


def _template(palette: theme.Palette) -> theme.Template:
    faces = {"marker": {"color": palette.faces, "line": {"width": 1, "color": palette.surface}}}
    return theme.template(palette, bar=[theme.plain_bar(palette.ink_soft), {"marker": theme.hatch(palette)}, faces])


def _shares(row: ScoreRow) -> str:
    if row.valence is None:
        return plot.too_few()
    return _("positive %(positive).0f %%, neutral %(neutral).0f %%, negative %(negative).0f %%") % {
        "positive": 100 * row.valence[POSITIVE],
        "neutral": 100 * row.valence[NEUTRAL],
        "negative": 100 * row.valence[NEGATIVE],
    }


def _spoken(row: ScoreRow) -> str:
    when = words.span(row.start_s, row.end_s)
    if row.valence is None:
        return _("%(when)s: too few faces") % {"when": when}
    facts = {"when": when, "shares": _shares(row), "people": words.people(row.n_people)}
    return _("%(when)s: faces appear %(shares)s, %(people)s") % facts


def _table(rows: tuple[ScoreRow, ...]) -> Table:
    header = (_("Time"), _("Balance"), _("Positive"), _("Neutral"), _("Negative"), _("People"), _("Coverage"))
    return Table(header, tuple(_table_row(row) for row in rows))


def _table_row(row: ScoreRow) -> tuple[str, ...]:
    facts = (str(row.n_people), f"{row.coverage:.0%}")
    when = words.span(row.start_s, row.end_s)
    if row.valence is None:
        return (when, plot.too_few(), "–", "–", "–", *facts)
    shares = (f"{100 * row.valence[column]:.0f} %" for column in (POSITIVE, NEUTRAL, NEGATIVE))
    return (when, f"{balance(row):+.0f}", *shares, *facts)
