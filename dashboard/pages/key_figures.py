"""The row of figures at the head of a report, in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from courses.models import Mode
from dashboard.charts import words
from inference.selectors import Report

# Share of people and time seen: what the words for data quality stand for.
GOOD_COVERAGE, FAIR_COVERAGE = 0.75, 0.5


@dataclass(frozen=True, slots=True)
class Figure:
    """One key figure: a large value, a small addition, and a line below."""

    label: str
    value: str
    aside: str
    note: str


def key_figures(found: Report) -> list[Figure]:
    """Return the row of figures at the head of a report."""
    figures = [_people_figure(found), _quality_figure(found), _missing_figure(found)]
    return figures if found.mode == Mode.OBSERVABLE else [_concentration_figure(found), *figures]


def _concentration_figure(found: Report) -> Figure:
    summary = found.summary
    if summary.concentration is None:
        note = _("Shown from %d people on.") % settings.MINIMUM_PEOPLE
        return Figure(_("Concentration"), "–", _("not enough people"), note)
    aside = ""
    if summary.low is not None and summary.high is not None:
        aside = _("%(low).0f–%(high).0f of 100") % {"low": summary.low, "high": summary.high}
    return Figure(_("Concentration"), f"{summary.concentration:.0f}", aside, _("95 % interval over the whole lecture"))


def _people_figure(found: Report) -> Figure:
    seen, roster = found.summary.n_people_seen, found.summary.n_roster
    aside = _("of %d on the roster") % roster if roster else ""
    named = sum(1 for person in found.people if person.student_id)
    note = _("%d named") % named if named else _("none named yet") if found.people else _("counted, not named")
    return Figure(_("People seen"), str(seen), aside, note)


def _quality_figure(found: Report) -> Figure:
    coverage = found.summary.coverage
    word = _("Good") if coverage >= GOOD_COVERAGE else _("Fair") if coverage >= FAIR_COVERAGE else _("Poor")
    note = _("faces visible %d %% of the time") % round(100 * coverage)
    return Figure(_("Data quality"), word, "", note)


def _missing_figure(found: Report) -> Figure:
    missing_s = found.summary.insufficient_s
    if not missing_s:
        return Figure(_("Too few faces"), _("Never"), "", _("every stretch has a value"))
    total_s = found.rows[-1].end_s if found.rows else 0.0
    return Figure(
        _("Too few faces"), words.length(missing_s), _("of %s") % words.length(total_s), _("left out, never zero")
    )
