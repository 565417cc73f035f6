"""The page that sends recordings; the bytes go through the API."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_safe

from courses.access import get_course_for
from courses.policy import Purpose, require
from dashboard.pages.users import reader

EXTENSIONS = (".mp4", ".m4v", ".mov", ".mkv", ".webm")


@require_safe
@login_required
@ensure_csrf_cookie
def lecture_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the drop zone, if the policy lets anything be analysed."""
    course = get_course_for(reader(request), slug)
    require(Purpose.OBSERVE, institution=course.institution, course=course)
    context = {
        "course": course,
        "tab": "lectures",
        "extensions": ",".join(EXTENSIONS),
        "max_bytes": settings.UPLOAD_MAX_BYTES,
        "max_hours": settings.RECORDING_MAX_S // 3600,
        "now": timezone.localtime(),
    }
    return render(request, "dashboard/pages/lecture_new.html", context)
