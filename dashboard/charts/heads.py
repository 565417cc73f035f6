"""Where heads pointed over time, as the viewer of the recording sees it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.charts import stack, theme, words
from dashboard.charts.chart import Chart
from dashboard.charts.stack import Shares
from dashboard.charts.states import State
from inference.selectors import ScoreRow

AHEAD = State("head-ahead", gettext_lazy("Ahead"), "A", "")
ASIDE = (
    State("head-left", gettext_lazy("Left"), "L", "/"),
    State("head-right", gettext_lazy("Right"), "R", "\\"),
    State("head-up", gettext_lazy("Up"), "U", "|"),
    State("head-down", gettext_lazy("Down"), "D", "-"),
)
HEAD_STATES = (AHEAD, *ASIDE)


def heads(rows: tuple[ScoreRow, ...]) -> Chart:
    """Return the shares of time in which heads pointed ahead, or elsewhere."""
    return stack.chart_of(
        rows,
        HEAD_STATES,
        shares_of,
        template_of=lambda palette: theme.template(palette, bar=theme.patterned(HEAD_STATES, palette)),
        key="heads",
        title=_("Where heads pointed"),
        sentence=sentence(rows),
    )


def sentence(rows: tuple[ScoreRow, ...]) -> str:
    """Say where heads pointed most when not ahead, and when; ahead is where each person mostly points."""
    means = stack.means(rows, shares_of)
    if not means:
        return _("No stretch of this lecture has enough heads to tell.")
    state = max(ASIDE, key=lambda aside: means[aside])
    if means[state] < 1:
        return _("Heads pointed where they mostly point nearly all of the time.")
    peak = max((row for row in rows if shares_of(row)), key=lambda row: shares_of(row)[state])
    told = _("Ahead %(ahead).0f %% of the time, then %(side)s %(share).0f %%, most at %(when)s. Left is the picture's.")
    return told % {
        "ahead": means[AHEAD],
        "side": str(state.label).lower(),
        "share": means[state],
        "when": words.elapsed(peak.start_s),
    }


def shares_of(row: ScoreRow) -> Shares:
    """Return each direction's share of measured time in percent; empty where none was measured."""
    aside = {state: row.signs.get(f"look_{state.key.removeprefix('head-')}_share") for state in ASIDE}
    if any(share is None for share in aside.values()):
        return {}
    known = {state: 100 * (share or 0.0) for state, share in aside.items()}
    return {AHEAD: max(100 - sum(known.values()), 0.0), **known}
