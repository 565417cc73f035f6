"""Where to look: the few stretches that differ most from the lecture's own middle, for the teacher to judge."""

from __future__ import annotations

import statistics

from django.utils.translation import gettext as _

from dashboard.charts import timeline_words, words
from dashboard.charts.highlight import Highlight
from dashboard.charts.mix import percent
from dashboard.charts.states import STATES, State
from inference.selectors import ScoreRow

# Smaller differences in one stretch are noise (product 6.2: the s.d. of a 30 s value is 7 points at 20 people).
LEAST_POINTS = 5.0
WATCHED = ("confused", "curious", "tired", "distracted")


def highlights(rows: tuple[ScoreRow, ...], *, most: int = 4) -> list[Highlight]:
    """Return up to `most` stretches in the order of time."""
    found = [*_lowest(rows), *_highest_shares(rows)][:most]
    return sorted(found, key=lambda highlight: highlight.start_s)


def _lowest(rows: tuple[ScoreRow, ...]) -> list[Highlight]:
    seen = [row for row in rows if row.concentration is not None]
    if not seen:
        return []
    usual = timeline_words.usual(rows)
    low = min(seen, key=lambda row: row.concentration or 0.0)
    if usual - (low.concentration or 0.0) < LEAST_POINTS:
        return []
    is_clear = low.high is not None and low.high < usual
    text = _("About %(value)s, usually %(usual).0f: %(verdict)s.") % {
        "value": timeline_words.value(low),
        "usual": usual,
        "verdict": _("more than chance") if is_clear else _("may be chance, the ranges overlap"),
    }
    return [Highlight(low.start_s, low.end_s, _("Concentration is lowest"), text, "focused")]


def _highest_shares(rows: tuple[ScoreRow, ...]) -> list[Highlight]:
    seen = [row for row in rows if row.mix]
    states = [state for state in STATES if state.key in WATCHED] if seen else []
    peaks = [(state, *_peak(state, seen)) for state in states]
    ranked = sorted(peaks, key=lambda peak: -peak[2])
    return [_share(state, row, rise) for state, row, rise in ranked if rise >= LEAST_POINTS]


def _peak(state: State, seen: list[ScoreRow]) -> tuple[ScoreRow, float]:
    """Return the row with a state's largest share, and how far that is above its median."""
    row = max(seen, key=lambda row: percent(row, state))
    return row, percent(row, state) - statistics.median(percent(other, state) for other in seen)


def _share(state: State, row: ScoreRow, rise: float) -> Highlight:
    value = percent(row, state)
    text = _("%(value).0f %% of what faces showed, usually %(usual).0f %%; %(people)s.") % {
        "value": value,
        "usual": value - rise,
        "people": words.people(row.n_people),
    }
    title = _("Most labelled %(state)s") % {"state": str(state.label).lower()}
    return Highlight(row.start_s, row.end_s, title, text, state.key)
