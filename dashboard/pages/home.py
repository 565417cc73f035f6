"""Today: what runs, what is new, and the way to one's courses."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from courses.access import lectures_for
from courses.selectors import course_list
from dashboard.pages.lecture_rows import lecture_rows
from dashboard.pages.users import reader
from inference.models import AnalysisRun

LATEST = 6


@require_safe
@login_required
def today(request: HttpRequest) -> HttpResponse:
    """Show the reader's courses and newest lectures; runs in progress first."""
    user = reader(request)
    lectures = lectures_for(user)
    running = lectures.filter(recording__runs__state__in=AnalysisRun.ACTIVE)
    context = {
        "courses": course_list(user),
        "running": lecture_rows(running),
        "rows": [row for row in lecture_rows(lectures[:LATEST]) if not row.is_running],
    }
    return render(request, "dashboard/pages/home.html", context)
