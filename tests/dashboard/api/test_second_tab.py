"""The same file in two tabs: one upload, one writer at a time."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from courses.models import Course, Upload, User
from courses.services.uploads import upload_locked
from tests.conftest import logged_in
from tests.dashboard.api.tus_client import create, delete, head, patch

pytestmark = pytest.mark.django_db(transaction=True)
CONTENT = b"x" * 1000


def start(client: Client, course: Course, **values: str) -> Any:
    return create(client, course=course.slug, length=1000, **{"fingerprint": "f1", **values})


def closing(work: Any, *args: Any, **kwargs: Any) -> Any:
    """Run in a thread and leave no connection behind."""
    try:
        return work(*args, **kwargs)
    finally:
        connection.close()


def test_second_tab_goes_on_with_the_first_ones_upload(alice_client: Client, alice: User, course: Course) -> None:
    first = start(alice_client, course)
    patch(alice_client, first.headers["Location"], 0, CONTENT[:300])
    second = start(logged_in(alice), course)
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.headers["Location"] == first.headers["Location"]
    assert second.headers["Upload-Offset"] == "300"


@pytest.mark.parametrize("values", [{"fingerprint": "f2"}, {"fingerprint": ""}])
def test_another_file_is_another_upload(alice_client: Client, course: Course, values: dict[str, str]) -> None:
    start(alice_client, course)
    assert start(alice_client, course, **values).status_code == 201
    assert Upload.objects.count() == 2


def test_colleague_with_the_same_file_has_an_upload_of_their_own(
    alice_client: Client, bob_client: Client, course: Course
) -> None:
    start(alice_client, course)
    assert start(bob_client, course).status_code == 201


def test_two_tabs_at_the_same_moment_get_one_upload(alice: User, course: Course) -> None:
    clients = [logged_in(alice) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda client: closing(start, client, course), clients))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert Upload.objects.count() == 1


@pytest.mark.parametrize("send", [lambda client, url: patch(client, url, 0, CONTENT), delete])
def test_upload_that_another_request_writes_to_is_locked(alice_client: Client, course: Course, send: Any) -> None:
    url = start(alice_client, course).headers["Location"]
    is_held, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        with upload_locked(Upload.objects.get()):
            is_held.set()
            may_end.wait(20)

    thread = threading.Thread(target=closing, args=(hold,))
    thread.start()
    assert is_held.wait(20)
    answer = send(alice_client, url)
    assert head(alice_client, url).status_code == 200
    may_end.set()
    thread.join()
    assert (answer.status_code, answer.json()["code"]) == (423, "locked")
    assert "another tab" in answer.json()["message"]
    assert patch(alice_client, url, 0, CONTENT[:10]).status_code == 204


def test_of_two_tabs_that_send_the_same_piece_one_wins(alice: User, course: Course) -> None:
    url = start(logged_in(alice), course).headers["Location"]
    clients = [logged_in(alice) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        answers = list(pool.map(lambda client: closing(patch, client, url, 0, CONTENT[:500]), clients))
    statuses = sorted(answer.status_code for answer in answers)
    assert statuses[0] == 204
    assert set(statuses[1:]) <= {409, 423}
    assert Upload.objects.get().spool_path.stat().st_size == 500
