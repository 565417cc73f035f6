"""What both upload views share: log-in, the protocol's version, and refusals as JSON."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _
from django.views import View

from courses.models import User
from courses.policy import PolicyDenied
from courses.services.upload_errors import UploadError
from dashboard.api import tus
from dashboard.api.errors import ApiError, as_api_error, not_signed_in

STATUS = {
    "locked": 423,
    "offset": 409,
    "gone": 410,
    "too-large": 413,
    "chunk-too-large": 413,
    "checksum": tus.CHECKSUM_MISMATCH,
    "disk-full": 507,
}
UNPROCESSABLE = 422
REFUSALS = (UploadError, ApiError, PolicyDenied, Http404, ValidationError)


class TusView(View):
    """A view that speaks tus and refuses in JSON. Django's CSRF check stays on: the page sends X-CSRFToken."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer, or say why not."""
        try:
            response = self.answer(request, *args, **kwargs)
        except REFUSALS as exception:
            response = refusal(exception).response()
        for name, value in tus.base_headers().items():
            response.headers.setdefault(name, value)
        return response

    def answer(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        """Call the method's handler for a user who is logged in."""
        method = tus.method_of(request)
        handlers = self.handlers()
        if method == "OPTIONS":
            return HttpResponse(status=204, headers=tus.options_headers())
        if method not in handlers:
            allow = {"Allow": ", ".join([*handlers, "OPTIONS"])}
            raise ApiError(405, "method", _("This address does not take %(method)s.") % {"method": method}, "", allow)
        if not request.user.is_authenticated:
            raise not_signed_in()
        if method != "GET":
            tus.require_version(request)
        response: HttpResponse = handlers[method](request, *args, **kwargs)
        return response

    def handlers(self) -> dict[str, Any]:
        """Return the methods that the view takes."""
        return {
            name: getattr(self, name.lower())
            for name in ("GET", "HEAD", "POST", "PATCH", "DELETE")
            if hasattr(self, name.lower())
        }


def refusal(exception: Exception) -> ApiError:
    """Return the answer to an exception; raise it again where it is a defect."""
    if isinstance(exception, UploadError):
        status = STATUS.get(exception.code, UNPROCESSABLE)
        return ApiError(status, exception.code, exception.message, exception.remedy)
    error = as_api_error(exception)
    if error is None:
        raise exception
    return error


def signed_in(request: HttpRequest) -> User:
    """Return the user of a request that `answer` let through."""
    if not isinstance(request.user, User):
        raise not_signed_in()
    return request.user
