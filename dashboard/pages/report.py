"""What the template of a report needs: charts, key figures in words, people, and how it was computed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from courses.models import Mode
from courses.policy import ALLOWED, Purpose
from courses.selectors import course_roster
from dashboard.charts import words
from dashboard.charts.highlights import highlights
from dashboard.charts.lecture import class_charts, mood_chart, student_chart
from dashboard.charts.states import STATES
from inference.models import AnalysisRun
from inference.selectors import Person, Report

# Share of people and time seen: what the words for data quality stand for.
GOOD_COVERAGE, FAIR_COVERAGE = 0.75, 0.5
# With so few highlights there is room for the class's mood beside the recording.
FEW_HIGHLIGHTS = 2


@dataclass(frozen=True, slots=True)
class Figure:
    """One key figure: a large value, a small addition, and a line below."""

    label: str
    value: str
    aside: str
    note: str


def report_context(found: Report, *, mode: str) -> dict[str, Any]:
    """Return the template's variables; people only where the policy of today still allows them."""
    is_individual = Purpose.INDIVIDUAL in ALLOWED[mode] and found.run.mode == Mode.INDIVIDUAL
    shown = replace(found, people=ordered(found.people) if is_individual else ())
    charts = class_charts(shown)
    mood = mood_chart(shown)
    students = student_chart(shown)
    found_highlights = highlights(shown.rows)
    return {
        "report": shown,
        "figures": key_figures(shown),
        "charts": charts,
        "mood": mood,
        "students": students,
        "highlights": found_highlights,
        "is_mood_beside": mood is not None and len(found_highlights) <= FEW_HIGHLIGHTS,
        "strip": strip(shown),
        "states": STATES,
        "has_faces": found.summary.n_people_seen > 0,
        "minimum_people": settings.MINIMUM_PEOPLE,
        "card": card_facts(found.run),
        "roster": list(course_roster(found.run.recording.lecture.course)) if is_individual else [],
    }


def ordered(people: tuple[Person, ...]) -> tuple[Person, ...]:
    """Return named people by name, then the others by the number of their track; never by a value."""
    return tuple(sorted(people, key=_place))


def _place(person: Person) -> tuple[bool, str, int]:
    if person.student_id is not None:
        return False, person.name.casefold(), 0
    return True, "", int("".join(filter(str.isdigit, person.name)) or 0)


def key_figures(found: Report) -> list[Figure]:
    """Return the row of figures at the head of a report."""
    figures = [_people_figure(found), _quality_figure(found), _missing_figure(found)]
    return figures if found.run.mode == Mode.OBSERVABLE else [_concentration_figure(found), *figures]


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


def strip(found: Report) -> list[dict[str, Any]]:
    """Return the bars under the video, in the units of an SVG that is as wide as the recording and 100 high."""
    return [
        {
            "x": row.start_s,
            "width": row.end_s - row.start_s,
            "height": 100 if row.concentration is None else max(row.concentration, 4),
            "is_gap": row.concentration is None,
        }
        for row in found.rows
    ]


def card_facts(run: AnalysisRun) -> dict[str, Any]:
    """Return what the weight card says of the network; empty where no network was used."""
    version = run.model_version
    if version is None:
        return {}
    name = f"{version.family.upper()} {version.sha256[:7]}"
    return {"name": name, "macro_f1": _first(version.card.get("test", {}).get("macro_f1"))}


def _first(value: Any) -> float | None:
    """Return a metric of a card, which may be written as value, lower and upper end."""
    found = value[0] if isinstance(value, list) and value else value
    return float(found) if isinstance(found, int | float) else None
