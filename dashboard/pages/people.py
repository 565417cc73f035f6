"""Who is who in a lecture: the teacher names, merges, splits and marks what the analysis followed, and undoes it."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from courses.access import get_lecture_for
from courses.models import Lecture, Mode, Student, User
from courses.policy import Purpose, require
from courses.selectors import course_roster
from dashboard.pages.people_rows import is_brief, person_cards
from dashboard.pages.users import reader
from inference.access import runs_for
from inference.errors import RunRefused
from inference.models import AnalysisRun, FaceTrack, TrackEdit
from inference.services import run_undo, track_assign, track_mark, track_merge, track_split, track_unmerge

SEE_OTHER = 303
CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,3}):(\d{1,2}(?:\.\d{1,3})?)|(\d{1,6}(?:\.\d{1,3})?)", re.ASCII)


class BadValue(ValueError):
    """A form that no page of ours sends, or a time that is none."""


@require_safe
@login_required
@never_cache
def lecture_people(request: HttpRequest, lecture_id: int) -> HttpResponse:
    """Show everybody whom the newest analysis followed."""
    lecture = _allowed_lecture(reader(request), lecture_id)
    run = finished_run(reader(request), lecture)
    roster = list(course_roster(lecture.course))
    cards = person_cards(run, roster=roster) if run else []
    context = {
        "lecture": lecture,
        "course": lecture.course,
        "tab": "lectures",
        "run": run,
        "roster": roster,
        "cards": [card for card in cards if not is_brief(card)],
        "brief": [card for card in cards if is_brief(card)],
        "roles": FaceTrack.Role,
        "last_edit": TrackEdit.objects.filter(run=run).first() if run else None,
        "n_named": sum(1 for card in cards if card.first.student_id),
        "n_likely": sum(1 for card in cards if card.likely),
    }
    return render(request, "dashboard/pages/people.html", context)


@require_POST
@login_required
def people_change(request: HttpRequest, lecture_id: int, track_id: int) -> HttpResponse:
    """Do what a card's form asks for, and show the people again."""
    lecture = _allowed_lecture(reader(request), lecture_id)
    run = finished_run(reader(request), lecture)
    track = get_object_or_404(FaceTrack.objects.select_related("student"), pk=track_id, run=run)
    if run is not None:
        track.run = run
    change = CHANGES.get(request.POST.get("action", ""))
    if change is None:
        return HttpResponseBadRequest()
    return _done(request, lecture, lambda: change(request, track), anchor=f"person-{track.pk}")


@require_POST
@login_required
def people_undo(request: HttpRequest, lecture_id: int) -> HttpResponse:
    """Take the newest change back."""
    lecture = _allowed_lecture(reader(request), lecture_id)
    run = get_object_or_404(_finished_runs(reader(request), lecture)[:1])
    return _done(
        request,
        lecture,
        lambda: _("Undone: %s.") % run_undo(run, user=reader(request)).get_kind_display(),
        anchor="people",
    )


def finished_run(user: User, lecture: Lecture) -> AnalysisRun | None:
    """Return the lecture's newest finished run that keeps results of persons, with all that a change needs."""
    return _finished_runs(user, lecture).first()


def seconds_of(text: str) -> float:
    """Return the seconds of 1:02:03, 12:34 or 754.2.

    Raises:
        BadValue: it is no time.
    """
    match = CLOCK.fullmatch(text.strip())
    if match is None:
        raise BadValue(_("Write the time like 12:34."))
    hours, minutes, seconds, plain = match.groups()
    return float(plain) if plain else 3600 * int(hours or 0) + 60 * int(minutes) + float(seconds)


def _finished_runs(user: User, lecture: Lecture) -> QuerySet[AnalysisRun]:
    runs = runs_for(user).filter(recording__lecture=lecture, state=AnalysisRun.State.SUCCESS)
    return runs.filter(mode=Mode.INDIVIDUAL).order_by("-pk")


def _allowed_lecture(user: User, lecture_id: int) -> Lecture:
    """Return the lecture, or refuse with 404 or, where no person's values may be shown, 451."""
    lecture = get_lecture_for(user, lecture_id)
    require(Purpose.INDIVIDUAL, institution=lecture.course.institution, course=lecture.course)
    return lecture


def _done(request: HttpRequest, lecture: Lecture, change: Callable[[], str], *, anchor: str) -> HttpResponse:
    try:
        messages.success(request, change())
    except (RunRefused, BadValue) as error:
        messages.error(request, str(error))
    address = reverse("lecture-people", args=[lecture.pk])
    return HttpResponseRedirect(f"{address}#{anchor}", status=SEE_OTHER)


def _named(request: HttpRequest, track: FaceTrack) -> str:
    student = _student(request, track) if request.POST.get("student") else None
    track_assign(track, student=student, user=reader(request))
    return _("Named %s.") % student.name if student else _("The name was taken back.")


def _merged(request: HttpRequest, track: FaceTrack) -> str:
    into = get_object_or_404(FaceTrack, pk=_number(request, "into"), run=track.run)
    into.run = track.run
    track_merge(track, into=into, user=reader(request))
    return _("Merged: both are one person now.")


def _unmerged(request: HttpRequest, track: FaceTrack) -> str:
    track_unmerge(track, user=reader(request))
    return _("Taken apart: Person %d stands alone.") % track.number


def _split(request: HttpRequest, track: FaceTrack) -> str:
    made = track_split(track, at_s=seconds_of(request.POST.get("at", "")), user=reader(request))
    return _("Split: what comes later is Person %d.") % made.number


def _marked(request: HttpRequest, track: FaceTrack) -> str:
    role = request.POST.get("role", "")
    if role not in FaceTrack.Role.values:
        raise BadValue(_("Choose what it is."))
    track_mark(track, role=role, user=reader(request))
    return _("Marked as: %s.") % FaceTrack.Role(role).label


def _student(request: HttpRequest, track: FaceTrack) -> Student:
    course = track.run.recording.lecture.course
    return get_object_or_404(course_roster(course), pk=_number(request, "student"))


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    if not text.isascii() or not text.isdigit() or len(text) > 15:
        raise BadValue(_("Choose somebody first."))
    return int(text)


CHANGES: dict[str, Callable[[HttpRequest, FaceTrack], str]] = {
    "name": _named,
    "merge": _merged,
    "unmerge": _unmerged,
    "split": _split,
    "mark": _marked,
}
