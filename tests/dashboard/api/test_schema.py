"""The API keeps what its OpenAPI document promises, whatever is thrown at it."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from django.test import Client
from hypothesis import HealthCheck, settings

from courses.models import Course, Lecture, User
from dashboard.asgi import http_application
from tests import factories

pytestmark = pytest.mark.django_db(transaction=True)


def test_schema_names_every_address(alice_client: Client) -> None:
    answer = alice_client.get("/api/schema/?format=json")
    assert answer.status_code == 200
    assert set(answer.json()["paths"]) == {
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
