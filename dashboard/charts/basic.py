"""Basic emotions over time, where the institution chose them: stacked bars beside those of the learning emotions."""

from __future__ import annotations

from django.utils.translation import gettext as _

from dashboard.charts import stack, theme
from dashboard.charts.chart import Chart
from dashboard.charts.stack import Shares
from dashboard.charts.states import BASIC_COLUMNS, BASIC_STATES
from inference.selectors import ScoreRow


def basic_emotions(rows: tuple[ScoreRow, ...]) -> Chart:
    """Return the seven basic emotions of the class over time."""
    return stack.chart_of(
        rows,
        BASIC_STATES,
        _shares,
        template_of=lambda palette: theme.template(palette, bar=theme.basic_bars(palette)),
        key="basic",
        title=_("Basic emotions"),
        sentence=sentence(rows),
    )


def sentence(rows: tuple[ScoreRow, ...]) -> str:
    """Say in words what faces appear to show most."""
    means = stack.means(rows, _shares)
    if not means:
        return _("No stretch of this lecture has enough faces for basic emotions.")
    first, second = sorted(means, key=lambda state: -means[state])[:2]
    return _("Faces appear mostly %(first)s (%(a).0f %%), then %(second)s (%(b).0f %%).") % {
        "first": str(first.label).lower(),
        "a": means[first],
        "second": str(second.label).lower(),
        "b": means[second],
    }


def _shares(row: ScoreRow) -> Shares:
    if row.basic is None:
        return {}
    return {state: 100 * row.basic[column] for state, column in zip(BASIC_STATES, BASIC_COLUMNS, strict=True)}
