"""The API keeps what its OpenAPI document promises, whatever is thrown at it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given
from hypothesis import settings as examples

from courses.models import Lecture, User
from tests import factories

CSRF = "c" * 32
ADDRESSES = {
    "/api/courses/",
    "/api/courses/{slug}/",
    "/api/courses/{slug}/lectures/",
    "/api/lectures/{lecture_id}/",
    "/api/lectures/{lecture_id}/scores/",
    "/api/lectures/{lecture_id}/people/",
    "/api/lectures/{lecture_id}/runs/",
    "/api/runs/{run_id}/",
    "/api/runs/{run_id}/cancel/",
    "/api/runs/{run_id}/retry/",
    "/api/tracks/{track_id}/student/",
}


# The same document as GET /api/schema/ gives, read at once so that each address is a test of its own.
DOCUMENT: Any = schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))
DOCUMENT.app = WSGIHandler()
OPERATIONS = [result.ok() for result in DOCUMENT.get_all_operations()]


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Let requests share the test's transaction, as Django's own test client does."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.fixture
def rows(one_connection: None, alice: User, lecture: Lecture) -> None:
    """Rows that guessed numbers can hit."""
    factories.AnalysisRunFactory(pk=1, recording=factories.RecordingFactory(pk=1, lecture=lecture))


@pytest.fixture
def cookies(alice_client: Client) -> dict[str, str]:
    session = alice_client.cookies[settings.SESSION_COOKIE_NAME].value
    return {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: CSRF}


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.label)
def test_answers_keep_what_the_schema_promises(operation: Any, rows: None, cookies: dict[str, str]) -> None:
    @examples(max_examples=12, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck))
    @given(case=operation.as_strategy())
    def check(case: Any) -> None:
        answer = case.call_and_validate(headers={"X-CSRFToken": CSRF}, cookies=cookies)
        assert answer.status_code not in {401, 403}

    check()


def test_schema_names_every_address(alice_client: Client) -> None:
    assert set(alice_client.get("/api/schema/?format=json").json()["paths"]) == ADDRESSES
