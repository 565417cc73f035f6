"""Courses: the list, a course's lectures, and its roster."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from courses import selectors
from courses.access import get_course_for
from courses.policy import Purpose, allows
from dashboard.pages.lecture_rows import lecture_rows
from dashboard.pages.users import reader


@require_safe
@login_required
def course_list(request: HttpRequest) -> HttpResponse:
    """Show the courses that the reader teaches."""
    return render(request, "dashboard/pages/courses.html", {"courses": selectors.course_list(reader(request))})


@require_safe
@login_required
def course_home(request: HttpRequest, slug: str) -> HttpResponse:
    """Show the course's lectures with what is known of each."""
    course = get_course_for(reader(request), slug)
    lectures = course.lectures.select_related("course")
    context = {"course": course, "rows": lecture_rows(lectures), "tab": "lectures"}
    return render(request, "dashboard/pages/course.html", context)


@require_safe
@login_required
def course_roster(request: HttpRequest, slug: str) -> HttpResponse:
    """Show who is enrolled."""
    course = get_course_for(reader(request), slug)
    context = {
        "course": course,
        "students": selectors.roster_with_references(course),
        "has_references": allows(Purpose.IDENTIFY, institution=course.institution, course=course),
        "tab": "roster",
    }
    return render(request, "dashboard/pages/roster.html", context)
