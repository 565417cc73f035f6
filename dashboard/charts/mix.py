"""C2: what faces showed over time, as stacked bars with patterns; a segment without data is left out."""

from __future__ import annotations

from django.utils.translation import gettext as _

from dashboard.charts import stack, theme, words
from dashboard.charts.chart import Chart
from dashboard.charts.stack import Shares
from dashboard.charts.states import COLUMNS, STATES, State, shares
from inference.selectors import ScoreRow


def emotion_mix(rows: tuple[ScoreRow, ...]) -> Chart:
    """Return the mix of the class over time."""
    return stack.chart_of(
        rows,
        STATES,
        _shares,
        template_of=lambda palette: theme.template(palette, bar=theme.patterned_bars(palette)),
        key="mix",
        title=_("What faces showed"),
        sentence=sentence(rows),
    )


def percent(row: ScoreRow, state: State) -> float:
    """Return a state's share in a row with a mix, in percent."""
    return 100 * row.mix[COLUMNS[STATES.index(state)]] if row.mix else 0.0


def sentence(rows: tuple[ScoreRow, ...]) -> str:
    """Say in words which states lead, and where the second one peaks."""
    means = stack.means(rows, _shares)
    if not means:
        return _("No stretch of this lecture has enough faces for a class mix.")
    first, second = sorted(STATES, key=lambda state: -means[state])[:2]
    peak = max((row for row in rows if row.mix), key=lambda row: percent(row, second))
    return _("Most often labelled %(first)s (%(a).0f %%), then %(second)s (%(b).0f %%, most at %(when)s).") % {
        "first": str(first.label).lower(),
        "a": means[first],
        "second": str(second.label).lower(),
        "b": means[second],
        "when": words.elapsed(peak.start_s),
    }


def _shares(row: ScoreRow) -> Shares:
    return shares(row.mix) if row.mix else {}
