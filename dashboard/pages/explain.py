"""Why a score is what it is: one page for any stretch of a lecture, of the class or of one person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django_stubs_ext import StrPromise

from courses.access import get_lecture_for
from courses.models import Mode
from courses.policy import Purpose, effective_mode, require
from dashboard.charts import words
from dashboard.charts.moments import SIGNAL_NAMES, moments_chart
from dashboard.charts.states import STATES
from dashboard.pages.report import formula_words, ordered, strip
from dashboard.pages.users import reader
from inference.explain import NOT_VISIBLE, Explanation, Moment, SignalPart, explain
from inference.scoring import profile_of_run
from inference.selectors import LABELS, Person, Report, ScoreRow, allowed_part, report
from inference.vision.profiles import Profile

REASONS = {
    "small": gettext_lazy("too small to read"),
    "blurred": gettext_lazy("too blurred to read"),
    "turned": gettext_lazy("turned away: expression not read"),
    "covered": gettext_lazy("covered"),
    "photo": gettext_lazy("a picture, no camera"),
    NOT_VISIBLE: gettext_lazy("not visible"),
}


@dataclass(frozen=True, slots=True)
class Part:
    """One signal of the formula in words; ``explain.SignalPart`` has the numbers."""

    name: StrPromise
    facts: SignalPart


@dataclass(frozen=True, slots=True)
class Choice:
    """A score that can be explained next: of the person ``who`` in ``segment``, or "" for the whole lecture."""

    name: str
    who: str
    segment: int | str
    concentration: float | None
    coverage: float


@dataclass(frozen=True, slots=True)
class Line:
    """One row of the table of moments, in words."""

    moment: Moment
    label: str
    reason: StrPromise | str


@require_safe
@login_required
@never_cache
def explanation(request: HttpRequest, lecture_id: int) -> HttpResponse:
    """Show what made the score of ``?segment=`` (none: the whole lecture) of ``?who=`` (none: the class).

    ``?at=`` names the segment by a time in it, in seconds.
    """
    lecture = get_lecture_for(reader(request), lecture_id)
    policy = require(Purpose.EXPRESSION, institution=lecture.course.institution, course=lecture.course)
    results = report(lecture)
    if results is None or results.mode == Mode.OBSERVABLE:
        raise Http404
    found = allowed_part(results, mode=effective_mode(policy, lecture.course))
    who, segment = (
        request.GET.get("who", ""),
        request.GET.get("segment") or _segment_at(found, request.GET.get("at", "")),
    )
    row = _row(found, who, segment)
    context = {
        "lecture": lecture,
        "course": lecture.course,
        "tab": "lectures",
        "report": found,
        "row": row,
        "who": who,
        "segment": segment,
        "formula": formula_words(found.run.formula_version),
        "strip": strip(found),
        "rows": found.rows,
    }
    person = _person(found, who) if who else None
    return render(request, "dashboard/pages/explain.html", context | _made_of(found, person, row, is_whole=not segment))


def _made_of(found: Report, person: Person | None, row: ScoreRow, *, is_whole: bool) -> dict[str, Any]:
    if person is None:
        return {
            "people": _people_at(found, row, is_whole=is_whole),
            "weights": _weights(profile_of_run(found.run), row),
        }
    made = explain(found.run, person.track_ids, start_s=row.start_s, end_s=row.end_s)
    return {"person": person, "made": made, **_person_context(person, made, row, is_whole=is_whole)}


def _person_context(person: Person, made: Explanation, row: ScoreRow, *, is_whole: bool) -> dict[str, Any]:
    keys = tuple(part.key for part in made.parts if part.key != "gaze")
    # The moments of a whole lecture are thousands: its stretches are listed, and each has a page like this one.
    return {
        "parts": [Part(SIGNAL_NAMES[part.key], part) for part in made.parts],
        "weights": _weights(made.profile, row),
        "chart": None if is_whole else moments_chart(made.moments, keys=keys, end_s=row.end_s),
        "lines": [] if is_whole else [_line(moment) for moment in made.moments],
        "states": [] if is_whole else [(state, label_of(state.label)) for state in made.states],
        "stretches": [_stretch(person, own) for own in person.rows] if is_whole else [],
    }


def _line(moment: Moment) -> Line:
    return Line(moment, label_of(moment.label), REASONS.get(moment.reason, ""))


def label_of(key: str) -> str:
    """Return a learning emotion in the words of the charts; "" for none."""
    return next((str(state.label) for state in STATES if state.key == key), "")


def _weights(profile: Profile, row: ScoreRow) -> list[tuple[str, float, float, float]]:
    """Return label, share, weight and their product of each expression pattern in the row's mix."""
    if row.mix is None or not profile.reads_expression:
        return []
    shares = dict(zip(LABELS, row.mix, strict=True))
    found = [(str(state.label), shares[state.key], profile.emotion_weights[state.key]) for state in STATES]
    return [(label, share, weight, share * weight) for label, share, weight in found]


def _people_at(found: Report, row: ScoreRow, *, is_whole: bool) -> list[Choice]:
    """Return who was seen in the stretch with their values, by name and never by value."""
    people = ordered(found.people)
    if is_whole:
        return [Choice(person.name, person.key, "", person.concentration, person.coverage) for person in people]
    at = [(person, next((own for own in person.rows if own.index == row.index), None)) for person in people]
    return [
        Choice(person.name, person.key, own.index, own.concentration, own.coverage)
        for person, own in at
        if own is not None and own.n_observations
    ]


def _stretch(person: Person, own: ScoreRow) -> Choice:
    return Choice(words.span(own.start_s, own.end_s), person.key, own.index, own.concentration, own.coverage)


def _person(found: Report, key: str) -> Person:
    person = next((person for person in found.people if person.key == key), None)
    if person is None:
        raise Http404
    return person


def _row(found: Report, who: str, segment: str) -> ScoreRow:
    """Return the row that is explained; 404 where there is none of that number or person."""
    rows = _person(found, who).rows if who else found.rows
    if not segment:
        return _whole(found, who)
    row = next((row for row in rows if str(row.index) == segment), None)
    if row is None:
        raise Http404
    return row


def _segment_at(found: Report, at: str) -> str:
    """Return the number of the segment that holds a time; "" without one."""
    try:
        time_s = float(at)
    except ValueError:
        return ""
    return next((str(row.index) for row in found.rows if row.start_s <= time_s < row.end_s), "")


def _whole(found: Report, who: str) -> ScoreRow:
    end_s = found.rows[-1].end_s if found.rows else 0.0
    facts: Person | Any = _person(found, who) if who else found.summary
    mix = next((span.mix for span in found.summary.mix if span.key == "whole"), None)
    n_people = 1 if who else next((span.n_people for span in found.summary.mix if span.key == "whole"), 0)
    return ScoreRow(
        index=-1, start_s=0.0, end_s=end_s, concentration=facts.concentration, low=facts.low, high=facts.high,
        coverage=facts.coverage, n_observations=0, n_people=n_people, mix=None if who else mix,
        eyes_closed_share=None, head_turned_share=None,
    )  # fmt: skip
