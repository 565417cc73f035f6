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

LATEST = 6


@require_safe
@login_required
def today(request: HttpRequest) -> HttpResponse:
    """Show the reader's courses and newest lectures; runs in progress first."""
    user = reader(request)
    rows = lecture_rows(lectures_for(user)[:LATEST])
    context = {
        "courses": course_list(user),
        "running": [row for row in rows if row.is_running],
        "rows": [row for row in rows if not row.is_running],
    }
    return render(request, "dashboard/pages/home.html", context)
