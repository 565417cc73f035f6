"""The reader's theme: kept with the user, and in a cookie for the pages before log-in."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from courses.models import User
from dashboard.context import THEME_COOKIE

YEAR_S = 365 * 24 * 3600


@require_POST
def theme_set(request: HttpRequest) -> HttpResponse:
    """Remember the chosen theme and go back to the page that asked."""
    name = request.POST.get("theme", "")
    if name not in User.Theme.values:
        return HttpResponseBadRequest()
    if request.user.is_authenticated:
        User.objects.filter(pk=request.user.pk).update(theme=name)
    response = HttpResponseRedirect(_safe_next(request))
    response.set_cookie(THEME_COOKIE, name, max_age=YEAR_S, samesite="Lax", secure=request.is_secure(), httponly=True)
    return response


def _safe_next(request: HttpRequest) -> str:
    """Return the page to go back to, on this site alone."""
    target = request.POST.get("next", "")
    is_safe = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if is_safe else "/"
