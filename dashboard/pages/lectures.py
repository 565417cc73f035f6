"""A lecture: its run in progress, or its report."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from courses.access import get_lecture_for
from courses.models import Lecture
from courses.policy import Purpose, allowed_estimates, effective_mode, require
from dashboard.pages.report import report_context
from dashboard.pages.users import reader
from inference.models import AnalysisRun
from inference.selectors import newest_run, report, run_progress

State = AnalysisRun.State


@require_safe
@login_required
@never_cache
@ensure_csrf_cookie
def lecture(request: HttpRequest, lecture_id: int) -> HttpResponse:
    """Show the newest report; above it the newest run, where that one waits, works or has failed."""
    found = get_lecture_for(reader(request), lecture_id)
    course = found.course
    policy = require(Purpose.OBSERVE, institution=course.institution, course=course)
    mode = effective_mode(policy, course)
    results = _results(found, mode=mode, extras=allowed_estimates(policy, course))
    context = {"lecture": found, "course": course, "tab": "lectures", **results}
    return render(request, "dashboard/pages/lecture.html", context)


def _results(found: Lecture, *, mode: str, extras: tuple[str, ...]) -> dict[str, Any]:
    run = newest_run(found)
    result = report(found, extras=extras) if run else None
    progress = {"run": run, "message": run_progress(run)} if run and run.state != State.SUCCESS else {}
    return progress | (report_context(result, mode=mode) if result else {})
