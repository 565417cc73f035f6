"""The timeline in words and in cells: its sentence, each segment as it is spoken, and the table."""

from __future__ import annotations

import statistics

from django.utils.translation import gettext as _

from dashboard.charts import plot, words
from dashboard.charts.chart import Table
from inference.selectors import ScoreRow

# A line that stays this close to its median is called steady: less than the spread of one value.
STEADY_POINTS = 5.0


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


def table(rows: tuple[ScoreRow, ...]) -> Table:
    """Return the numbers of the line, the band and the strip of faces."""
    header = (_("Time"), _("Concentration"), _("95 % interval"), _("People"), _("Coverage"))
    return Table(header, tuple(_table_row(row) for row in rows))


def _table_row(row: ScoreRow) -> tuple[str, ...]:
    cells = (words.span(row.start_s, row.end_s), *_value_cells(row))
    return (*cells, str(row.n_people), f"{row.coverage:.0%}")


def _value_cells(row: ScoreRow) -> tuple[str, str]:
    if row.concentration is None:
        return plot.too_few(), "–"
    if row.low is None or row.high is None:
        return f"{row.concentration:.0f}", "–"
    return f"{row.concentration:.0f}", f"{row.low:.0f}–{row.high:.0f}"
