"""What the template of a report needs: charts, key figures in words, people, and how it was computed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from courses.models import Mode
from courses.policy import ALLOWED, Purpose
from courses.selectors import course_roster
from dashboard.charts.highlights import highlights
from dashboard.charts.lecture import class_charts, expression_charts, mood_chart, signal_charts, student_chart
from dashboard.charts.states import STATES
from dashboard.pages.key_figures import key_figures
from inference.models import ModelVersion
from inference.selectors import Person, Report, allowed_part

# With so few highlights there is room for the class's mood beside the recording.
FEW_HIGHLIGHTS = 2
# What each profile of the index weighs, see docs/models/concentration.md.
FORMULAS = {
    "default-2": _("0 to 100: expression, gaze, head direction and open eyes, weighted."),
    "default-1": _("0 to 100: expression, head direction and open eyes, weighted."),
    "no-emotion-2": _("0 to 100: gaze, head direction and open eyes, weighted; expression is not read."),
    "no-emotion-1": _("0 to 100: head direction and open eyes, weighted; expression is not read."),
    "head-only-1": _("0 to 100: head direction alone."),
    "sharma-1": _("0 to 100: expression times gaze, after Sharma et al. 2019."),
}
EXTRA_NAMES = {"valence": _("Expression valence"), "basic": _("Basic emotions")}


def report_context(found: Report, *, mode: str) -> dict[str, Any]:
    """Return the template's variables: what the policy of today still allows of the report."""
    is_individual = Purpose.INDIVIDUAL in ALLOWED[mode] and found.run.mode == Mode.INDIVIDUAL
    allowed = allowed_part(found, mode=mode)
    shown = replace(allowed, people=ordered(allowed.people))
    charts = class_charts(shown)
    mood = mood_chart(shown)
    students = student_chart(shown)
    found_highlights = highlights(shown.rows)
    return {
        "report": shown,
        "figures": key_figures(shown),
        "charts": charts,
        "signals": signal_charts(shown),
        "expressions": expression_charts(shown),
        "mood": mood,
        "students": students,
        "highlights": found_highlights,
        "is_mood_beside": mood is not None and len(found_highlights) <= FEW_HIGHLIGHTS,
        "strip": strip(shown),
        "states": STATES,
        "has_people": shown.summary.n_people_seen > 0,
        "has_faces": any(row.n_observations for row in found.rows),
        "minimum_people": settings.MINIMUM_PEOPLE,
        "formula": formula_words(found.run.formula_version),
        "card": card_facts(found.run.model_version),
        "extra_cards": extra_card_facts(shown),
        "roster": list(course_roster(found.run.recording.lecture.course)) if is_individual else [],
    }


def formula_words(version: str) -> StrPromise | str:
    """Return what the formula of ``version`` weighs; "" where no profile of now computes it."""
    return FORMULAS.get(version, "")


def ordered(people: tuple[Person, ...]) -> tuple[Person, ...]:
    """Return named people by name, then the others by the number of their track; never by a value."""
    return tuple(sorted(people, key=_place))


def _place(person: Person) -> tuple[bool, str, int]:
    if person.student_id is not None:
        return False, person.name.casefold(), 0
    return True, "", int("".join(filter(str.isdigit, person.name)) or 0)


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


def card_facts(version: ModelVersion | None) -> dict[str, Any]:
    """Return what the weight card says of the network; empty where no network was used."""
    if version is None:
        return {}
    name = f"{version.family.upper()} {version.sha256[:7]}"
    return {"name": name, "macro_f1": _first(version.card.get("test", {}).get("macro_f1"))}


def extra_card_facts(found: Report) -> list[dict[str, Any]]:
    """Return the same of the networks behind the estimates beside the learning emotions that are shown."""
    return [{"label": EXTRA_NAMES[name], **card_facts(found.run.extra_versions[name])} for name in found.extras]


def _first(value: Any) -> float | None:
    """Return a metric of a card, which may be written as value, lower and upper end."""
    found = value[0] if isinstance(value, list) and value else value
    return float(found) if isinstance(found, int | float) else None
