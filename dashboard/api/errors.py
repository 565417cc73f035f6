"""One form for every refusal of the API: `{"code", "message", "remedy"}` and a fitting status."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, JsonResponse
from django.utils.translation import gettext_lazy as _
from django.views.csrf import csrf_failure as csrf_failure_page
from django_stubs_ext import StrPromise
from rest_framework import exceptions, status
from rest_framework.response import Response
from rest_framework.views import exception_handler

from courses.policy import PolicyDenied
from inference.errors import NotOnRoster, RunRefused

Text = StrPromise | str
LEGAL = status.HTTP_451_UNAVAILABLE_FOR_LEGAL_REASONS


@dataclass
class ApiError(Exception):
    """A refusal with everything that the caller needs."""

    status: int
    code: str
    message: Text
    remedy: Text = ""
    headers: dict[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, str]:
        """Return the JSON body."""
        return {"code": self.code, "message": str(self.message), "remedy": str(self.remedy)}

    def response(self) -> JsonResponse:
        """Return the answer of a plain Django view."""
        return JsonResponse(self.body(), status=self.status, headers=self.headers)


def not_found() -> ApiError:
    """There is no such thing for this user."""
    return ApiError(404, "not-found", _("There is nothing here that you can see."), _("Check the address."))


def not_signed_in() -> ApiError:
    """The request carries no valid session."""
    return ApiError(401, "not-signed-in", _("You are not logged in."), _("Log in, then try again."))


def denied(error: PolicyDenied) -> ApiError:
    """The institution's policy says no."""
    return ApiError(LEGAL, "policy", error.reason, error.remedy)


def invalid(error: ValidationError) -> ApiError:
    """A value does not fit its field."""
    return ApiError(400, "invalid", " ".join(error.messages), _("Correct the value, then try again."))


def run_refused(error: RunRefused) -> ApiError:
    """A run or a track is not in the state that the request needs."""
    status = 400 if isinstance(error, NotOnRoster) else 409
    return ApiError(status, error.code, error.message, error.remedy)


def nothing_here(request: HttpRequest) -> JsonResponse:
    """Answer every address under /api/ that means nothing."""
    return not_found().response()


def handle(exception: Exception, context: dict[str, Any]) -> Response | None:
    """Answer for Django REST framework (its setting EXCEPTION_HANDLER)."""
    if error := as_api_error(exception):
        return Response(error.body(), status=error.status, headers=error.headers or None)
    response = exception_handler(exception, context)
    if response is not None and isinstance(exception, exceptions.APIException):
        response.data = {"code": str(exception.default_code), "message": _sentence(exception.detail), "remedy": ""}
    return response


def as_api_error(exception: Exception) -> ApiError | None:
    """Return the refusal that an exception means, if it means one."""
    match exception:
        case ApiError():
            return exception
        case PolicyDenied():
            return denied(exception)
        case Http404():
            return not_found()
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return not_signed_in()
        case ValidationError():
            return invalid(exception)
        case RunRefused():
            return run_refused(exception)
    return None


def csrf_failed(request: HttpRequest, reason: str = "") -> Any:
    """Answer a request without a valid CSRF token: JSON under /api/, Django's page elsewhere."""
    if not request.path.startswith("/api/"):
        return csrf_failure_page(request, reason=reason)
    return ApiError(403, "csrf", _("The page is out of date."), _("Reload the page, then try again.")).response()


def _sentence(detail: Any) -> str:
    """Flatten what serializers say into one line: `student_id: A valid integer is required.`"""
    if isinstance(detail, dict):
        return " ".join(f"{name}: {_sentence(value)}" for name, value in detail.items())
    if isinstance(detail, list):
        return " ".join(_sentence(value) for value in detail)
    return str(detail)
