"""The signals of one person, moment by moment, in the stretch that a score is of."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from dashboard.charts import chart, plot, theme, words
from dashboard.charts.chart import Chart
from dashboard.charts.plot import Trace
from inference.explain import Moment
from inference.vision.concentration import WEIGHED

SIGNAL_NAMES = {
    "expression": gettext_lazy("Expression"),
    "head": gettext_lazy("Head"),
    "eyes": gettext_lazy("Open eyes"),
    "irises": gettext_lazy("Gaze"),
    "gaze": gettext_lazy("Gaze and open eyes"),
}
DASH_WORDS = {
    "dash": gettext_lazy("dashed"),
    "dot": gettext_lazy("dotted"),
    "dashdot": gettext_lazy("dash-dot"),
    "longdash": gettext_lazy("long dashes"),
}
DASHES = ("solid", *DASH_WORDS)


def moments_chart(moments: tuple[Moment, ...], *, keys: tuple[str, ...], end_s: float) -> Chart:
    """Return the index and the signals ``keys`` over the sampled moments; a gap is a moment without."""
    names = {dash: str(SIGNAL_NAMES[key]).lower() for key, dash in zip(keys, DASHES[1:], strict=False)}
    lines = [_line(moments, _("Concentration"), [moment.index for moment in moments], dash=DASHES[0])]
    for key, dash in zip(keys, DASHES[1:], strict=False):
        values = [moment.signals[WEIGHED.index(key)] for moment in moments]
        percents = [None if value is None else 100 * value for value in values]
        lines.append(_line(moments, str(SIGNAL_NAMES[key]), percents, dash=dash))
    told = ", ".join(f"{DASH_WORDS[dash]}: {name}" for dash, name in names.items())
    sentence = _("Solid: the index. %(lines)s. A gap is a moment without a value.") % {"lines": told}
    ends_s = [*(moment.time_s for moment in moments[1:]), end_s]
    return Chart(
        key="moments",
        title=_("Moment by moment"),
        sentence=sentence,
        figure=plot.figure(data=lines, layout=_layout(moments, end_s)),
        templates=chart.themes(_template),
        bins=tuple(zip((moment.time_s for moment in moments), ends_s, strict=True)),
        spoken=tuple(_spoken(moment) for moment in moments),
        lead_s=0,
    )


def _line(moments: tuple[Moment, ...], name: str, values: list[float | None], *, dash: str) -> Trace:
    return plot.scatter(
        x=[plot.at(moment.time_s) for moment in moments],
        y=[None if value is None else round(value, 1) for value in values],
        customdata=[[moment.time_s, moment.time_s, 1, number] for number, moment in enumerate(moments)],
        mode="lines+markers",
        connectgaps=False,
        name=name,
        line={"dash": dash},
        hovertemplate=f"{name} %{{y:.0f}}<extra></extra>",
    )


def _layout(moments: tuple[Moment, ...], end_s: float) -> dict[str, Any]:
    begin_s = moments[0].time_s if moments else 0.0
    xaxis = plot.time_axis((), range=[plot.at(begin_s), plot.at(end_s)])
    return plot.layout(height=260, xaxis=xaxis, yaxis=plot.percent_axis())


def _template(palette: theme.Palette) -> theme.Template:
    lines = [
        {"line": {"color": color, "width": 2}, "marker": {"color": color, "size": 5}} for color in palette.states[:5]
    ]
    return theme.template(palette, scatter=lines)


def _spoken(moment: Moment) -> str:
    value = _("no value") if moment.index is None else f"{moment.index:.0f}"
    return f"{words.elapsed(moment.time_s)}: {value}"
