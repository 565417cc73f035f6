"""How tired faces appear over time: a level from closed eyes, yawns and blinks, and PERCLOS alone."""

from __future__ import annotations

import statistics
from typing import Any

from django.utils.translation import gettext as _

from dashboard.charts import chart, plot, theme, words
from dashboard.charts.chart import Chart, Table
from inference.selectors import ScoreRow


def fatigue(rows: tuple[ScoreRow, ...], *, has_fast_eyes: bool) -> Chart:
    """Return the level and PERCLOS; ``has_fast_eyes`` says whether eyes were sampled fast enough for blinks."""
    lines = [
        plot.percent_line(rows, _shares(rows, "fatigue"), _("Fatigue level"), unit=""),
        plot.percent_line(rows, _shares(rows, "perclos"), _("Eyes closed (PERCLOS, 60 s)"), dash="dash"),
    ]
    layout = plot.layout(height=230, xaxis=plot.time_axis(rows), yaxis=plot.percent_axis(tickvals=[0, 50, 100]))
    return Chart(
        key="fatigue",
        title=_("How tired faces appear"),
        sentence=f"{sentence(rows)} {blinks(rows, has_fast_eyes=has_fast_eyes)}",
        figure=plot.figure(data=lines, layout=layout),
        templates=chart.themes(_template),
        table=_table(rows),
        bins=plot.bins(rows),
        spoken=tuple(_spoken(row) for row in rows),
    )


def sentence(rows: tuple[ScoreRow, ...]) -> str:
    """Say how high the level mostly is, and where it is highest."""
    seen = [(row, level) for row in rows if (level := row.signs.get("fatigue")) is not None]
    if not seen:
        return _("Not measurable in this lecture: eyes were too small or seen too briefly.")
    peak, highest = max(seen, key=lambda found: found[1])
    return _("Solid: level, usually %(usual).0f of 100, highest %(most).0f at %(when)s. Dashed: eyes closed.") % {
        "usual": 100 * statistics.median(level for _row, level in seen),
        "most": 100 * highest,
        "when": words.elapsed(peak.start_s),
    }


def blinks(rows: tuple[ScoreRow, ...], *, has_fast_eyes: bool) -> str:
    """Say how often people blinked, or why that is not known."""
    if not has_fast_eyes:
        return _("Blinks: not measurable at this sampling rate (12 eye samples a second are needed).")
    rates = [rate for row in rows if (rate := row.signs.get("blinks_per_min")) is not None]
    if not rates:
        return _("Blinks: not measurable, eyes were too small or too few people were seen.")
    return _("Blinks: about %(rate).0f a minute.") % {"rate": statistics.fmean(rates)}


def _shares(rows: tuple[ScoreRow, ...], name: str) -> list[float | None]:
    return [row.signs.get(name) for row in rows]


def _template(palette: theme.Palette) -> theme.Template:
    colors = (palette.states[4], palette.states[0])
    lines = [{"line": {"color": color, "width": 2}, "marker": {"color": color, "size": 5}} for color in colors]
    return theme.template(palette, scatter=lines)


def _cells(row: ScoreRow) -> tuple[str, ...]:
    shares = [row.signs.get(name) for name in ("fatigue", "tired_share", "perclos")]
    numbers = [row.signs.get(name) for name in ("blinks_per_min", "n_long_closures", "n_yawns")]
    return (
        *("–" if share is None else f"{100 * share:.0f} %" for share in shares),
        *("–" if number is None else f"{number:.1f}" for number in numbers),
    )


def _spoken(row: ScoreRow) -> str:
    level, _tired, closed, *_numbers = _cells(row)
    values: dict[str, Any] = {"when": words.span(row.start_s, row.end_s), "level": level, "closed": closed}
    return _("%(when)s: fatigue level %(level)s, eyes closed %(closed)s") % values


def _table(rows: tuple[ScoreRow, ...]) -> Table:
    names = (_("Level"), _("In class tired"), _("Eyes closed"), _("Blinks a minute"), _("Long closures"), _("Yawns"))
    header = (_("Time"), *names)
    return Table(header, tuple((words.span(row.start_s, row.end_s), *_cells(row)) for row in rows))
