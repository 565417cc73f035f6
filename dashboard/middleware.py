"""What every request passes: the reader's time zone, and the answer to a policy that says no."""

from __future__ import annotations

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone

from courses.policy import PolicyDenied

UNAVAILABLE_FOR_LEGAL_REASONS = 451
GetResponse = Callable[[HttpRequest], HttpResponse]


class TimeZoneMiddleware:
    """Shows times in the user's zone, else in the institution's."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Activate the zone for this request alone."""
        with timezone.override(zone_of(request)):
            return self.get_response(request)


def zone_of(request: HttpRequest) -> zoneinfo.ZoneInfo:
    """Return the zone that the request's user reads times in; UTC for a stranger or an unknown name."""
    user = request.user
    name = ""
    if user.is_authenticated:
        name = user.time_zone or (user.institution.time_zone if user.institution else "")
    try:
        return zoneinfo.ZoneInfo(name or "UTC")
    except (zoneinfo.ZoneInfoNotFoundError, ValueError):
        return zoneinfo.ZoneInfo("UTC")


class PolicyDeniedMiddleware:
    """Answers 451 with the reason and the remedy wherever the policy says no."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass the request on; the work is in `process_exception`."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Turn PolicyDenied into an answer that says why and what to do."""
        if not isinstance(exception, PolicyDenied):
            return None
        message = {"reason": str(exception.reason), "remedy": str(exception.remedy)}
        if request.path.startswith("/api/"):
            return JsonResponse({"code": "policy", **message}, status=UNAVAILABLE_FOR_LEGAL_REASONS)
        return render(request, "dashboard/pages/451.html", message, status=UNAVAILABLE_FOR_LEGAL_REASONS)
