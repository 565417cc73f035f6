"""Eyes and heads over time: what the strictest mode shows, where no emotion model is ever loaded."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from dashboard.charts import chart, plot, theme, words
from dashboard.charts.chart import Chart, Table
from inference.selectors import ScoreRow


def eyes_and_heads(rows: tuple[ScoreRow, ...]) -> Chart:
    """Return the shares of time with eyes closed and with heads turned."""
    lines = [
        plot.percent_line(rows, [row.eyes_closed_share for row in rows], _("Eyes closed")),
        plot.percent_line(rows, [row.head_turned_share for row in rows], _("Head turned"), dash="dash"),
    ]
    yaxis = plot.percent_axis()
    figure = plot.figure(data=lines, layout=plot.layout(height=260, xaxis=plot.time_axis(rows), yaxis=yaxis))
    return Chart(
        key="observable",
        title=_("Eyes and heads over time"),
        sentence=_("Solid: share of time with eyes closed. Dashed: share of time with the head turned."),
        figure=figure,
        templates=chart.themes(_template),
        table=_table(rows),
        bins=plot.bins(rows),
        spoken=tuple(_spoken(row) for row in rows),
    )


def _template(palette: theme.Palette) -> theme.Template:
    colors = (palette.states[0], palette.states[1])
    lines = [{"line": {"color": color, "width": 2}, "marker": {"color": color, "size": 5}} for color in colors]
    return theme.template(palette, scatter=lines)


def _cells(row: ScoreRow) -> tuple[str, str]:
    shares: tuple[float | None, ...] = (row.eyes_closed_share, row.head_turned_share)
    eyes, heads = ("–" if share is None else f"{share:.0%}" for share in shares)
    return eyes, heads


def _spoken(row: ScoreRow) -> str:
    eyes, heads = _cells(row)
    values: dict[str, Any] = {"when": words.span(row.start_s, row.end_s), "eyes": eyes, "heads": heads}
    return _("%(when)s: eyes closed %(eyes)s, head turned %(heads)s") % values


def _table(rows: tuple[ScoreRow, ...]) -> Table:
    header = (_("Time"), _("Eyes closed"), _("Head turned"), _("People"))
    cells = tuple((words.span(row.start_s, row.end_s), *_cells(row), str(row.n_people)) for row in rows)
    return Table(header, cells)
