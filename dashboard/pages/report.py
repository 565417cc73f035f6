"""What the template of a report needs: charts, key figures in words, people, and how it was computed."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.conf import settings

from courses.models import Mode
from courses.policy import ALLOWED, Purpose
from courses.selectors import course_roster
from dashboard.charts.highlights import highlights
from dashboard.charts.lecture import class_charts, mood_chart, student_chart
from dashboard.charts.states import STATES
from dashboard.pages.key_figures import key_figures
from inference.models import AnalysisRun
from inference.selectors import Person, Report

# With so few highlights there is room for the class's mood beside the recording.
FEW_HIGHLIGHTS = 2


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
        "has_people": found.summary.n_people_seen > 0,
        "has_faces": any(row.n_observations for row in found.rows),
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
