"""A small client of the running site: a session with cookies and CSRF, JSON answers, refusals as errors."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException, HTTPMessage, HTTPSConnection
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from dashboard.demo.errors import DemoError
from dashboard.demo.logins import Login

TIMEOUT_S = 120.0
FORM = "application/x-www-form-urlencoded"


class SiteGone(DemoError):
    """The site does not answer at this moment."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the site said."""

    status: int
    headers: HTTPMessage
    body: bytes

    def json(self) -> Any:
        """Return the body as JSON."""
        return json.loads(self.body)


@dataclass(slots=True)
class Site:
    """The site at `base_url`, seen by one browser."""

    base_url: str
    cookies: dict[str, str] = field(default_factory=dict)

    def log_in(self, login: Login) -> None:
        """Log in as a person would, through the form."""
        address = reverse("login")
        self.ask("GET", address)
        form = {"username": login.email, "password": login.password, "csrfmiddlewaretoken": self.csrf_token}
        answer = self.ask("POST", address, urlencode(form).encode(), {"Content-Type": FORM})
        if settings.SESSION_COOKIE_NAME not in self.cookies or answer.status != 302:
            raise DemoError(
                _("%s could not log in.") % login.email, _("If the password was changed, set it back in the admin.")
            )

    @property
    def csrf_token(self) -> str:
        """Return the token that writes must carry."""
        return self.cookies.get(settings.CSRF_COOKIE_NAME, "")

    def ask(self, method: str, path: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> Answer:
        """Send one request; raise SiteGone without an answer and DemoError for a refusal."""
        try:
            answer = self._exchange(method, path, body, self._headers(headers or {}))
        except (OSError, HTTPException) as error:
            raise SiteGone(_("The site at %s does not answer.") % self.base_url, _("Is it running?")) from error
        if answer.status >= 400:
            raise refusal(answer)
        return answer

    def _headers(self, headers: dict[str, str]) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {"Cookie": cookies, "X-CSRFToken": self.csrf_token, "Referer": self.base_url, **headers}

    def _exchange(self, method: str, path: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        address = urlsplit(self.base_url)
        connect = HTTPSConnection if address.scheme == "https" else HTTPConnection
        connection = connect(address.netloc, timeout=TIMEOUT_S)
        try:
            connection.request(method, path, body, headers)
            response = connection.getresponse()
            answer = Answer(response.status, response.headers, response.read())
        finally:
            connection.close()
        self._keep_cookies(answer.headers)
        return answer

    def _keep_cookies(self, headers: HTTPMessage) -> None:
        for line in headers.get_all("Set-Cookie", []):
            self.cookies.update({name: morsel.value for name, morsel in SimpleCookie(line).items()})


def refusal(answer: Answer) -> DemoError:
    """Return the site's own message and remedy, or the status where it gave none."""
    try:
        said = answer.json()
        return DemoError(said["message"], said["remedy"])
    except (ValueError, KeyError, TypeError):
        return DemoError(_("The site answered with status %d.") % answer.status, _("Its log file says more."))
