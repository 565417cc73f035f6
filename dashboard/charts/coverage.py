"""What could be read of the class over time, and why the rest could not."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.charts import stack, theme
from dashboard.charts.chart import Chart
from dashboard.charts.stack import Shares
from dashboard.charts.states import State
from inference.selectors import ScoreRow

READ = State("coverage-read", gettext_lazy("Read"), "R", "")
TURNED = State("coverage-turned", gettext_lazy("Turned away: head and eyes only"), "T", "/")
UNREAD = (
    State("coverage-small", gettext_lazy("Too small"), "S", "."),
    State("coverage-blurred", gettext_lazy("Blurred"), "B", "-"),
    State("coverage-covered", gettext_lazy("Covered"), "C", "x"),
    State("coverage-photo", gettext_lazy("Picture, no camera"), "P", "+"),
)
MISSING = State("coverage-missing", gettext_lazy("Not visible"), "–", "|")
COVERAGE_STATES = (READ, TURNED, *UNREAD, MISSING)


def coverage(rows: tuple[ScoreRow, ...]) -> Chart:
    """Return the shares of the people seen in each segment whose face was read, or was not and why."""
    return stack.chart_of(
        rows,
        COVERAGE_STATES,
        shares_of,
        template_of=_template,
        key="coverage",
        title=_("What could be read"),
        sentence=sentence(rows),
    )


def sentence(rows: tuple[ScoreRow, ...]) -> str:
    """Say what kept faces from being read most, and what helps."""
    means = stack.means(rows, shares_of)
    if not means:
        return _("No stretch of this lecture has enough faces to tell.")
    lost = max((TURNED, *UNREAD, MISSING), key=lambda state: means[state])
    if means[lost] < 1:
        return _("Faces were read nearly all of the time.")
    words = {"read": means[READ], "reason": str(lost.label).lower(), "share": means[lost]}
    return _("Faces were read %(read).0f %% of the time. Most often missing: %(reason)s, %(share).0f %%.") % words


def shares_of(row: ScoreRow) -> Shares:
    """Return each state's share of sampled moments in percent; empty where nobody was seen, or too few."""
    unread = {state: row.signs.get(f"{state.key.removeprefix('coverage-')}_share") for state in (TURNED, *UNREAD)}
    if any(share is None for share in unread.values()):
        return {}
    known = {state: 100 * (share or 0.0) for state, share in unread.items()}
    read = max(100 * row.coverage - known[TURNED], 0.0)
    missing = max(100 - read - sum(known.values()), 0.0)
    return {READ: read, **known, MISSING: missing}


def _template(palette: theme.Palette) -> theme.Template:
    bars: list[dict[str, Any]] = theme.patterned(COVERAGE_STATES[:-1], palette)
    return theme.template(palette, bar=[*bars, {"marker": theme.hatch(palette)}])
