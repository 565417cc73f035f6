"""The film of a recording: ranges as players ask for them, and nobody but the course's teachers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.core.files.base import ContentFile
from django.db import connections
from django.test import AsyncClient, Client

from courses.models import Lecture, Recording, User
from tests import factories

CONTENT = bytes(range(256)) * 4096  # 1 MiB, every position tells where it is


@pytest.fixture
def recording(lecture: Lecture) -> Recording:
    return factories.RecordingFactory(lecture=lecture, file=ContentFile(CONTENT, name="clip.mp4"), sha256="a" * 64)


def ask(client: Client, recording: Recording, **headers: str) -> Any:
    return client.get(f"/recordings/{recording.pk}/media", headers=headers)


def test_whole_film_is_streamed(alice_client: Client, recording: Recording) -> None:
    answer = ask(alice_client, recording)
    assert answer.status_code == 200
    assert answer.getvalue() == CONTENT
    assert answer.headers["Content-Type"] == "video/mp4"
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert answer.headers["Cache-Control"] == "private, no-store"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    ("header", "start", "end"),
    [
        ("bytes=0-", 0, len(CONTENT) - 1),
        ("bytes=5-9", 5, 9),
        ("bytes=700000-99999999", 700000, len(CONTENT) - 1),
        ("bytes=-500", len(CONTENT) - 500, len(CONTENT) - 1),
        ("bytes=-99999999", 0, len(CONTENT) - 1),
    ],
)
def test_range_is_answered_with_just_that_part(
    alice_client: Client, recording: Recording, header: str, start: int, end: int
) -> None:
    answer = ask(alice_client, recording, Range=header)
    assert answer.status_code == 206
    assert answer.headers["Content-Range"] == f"bytes {start}-{end}/{len(CONTENT)}"
    assert answer.headers["Content-Length"] == str(end - start + 1)
    assert answer.getvalue() == CONTENT[start : end + 1]


@pytest.mark.parametrize("header", [f"bytes={len(CONTENT)}-", "bytes=-0"])
def test_range_outside_the_film_is_refused(alice_client: Client, recording: Recording, header: str) -> None:
    answer = ask(alice_client, recording, Range=header)
    assert answer.status_code == 416
    assert answer.headers["Content-Range"] == f"bytes */{len(CONTENT)}"


@pytest.mark.parametrize("header", ["bytes=9-5", "bytes=-", "bytes=a-b", "lines=0-5", "bytes=0-1,5-6", ""])
def test_other_ranges_get_the_whole_film(alice_client: Client, recording: Recording, header: str) -> None:
    assert ask(alice_client, recording, Range=header).status_code == 200


def test_if_range_of_another_file_gets_the_whole_film(alice_client: Client, recording: Recording) -> None:
    etag = ask(alice_client, recording).headers["ETag"]
    assert ask(alice_client, recording, Range="bytes=5-9", **{"If-Range": etag}).status_code == 206
    assert ask(alice_client, recording, Range="bytes=5-9", **{"If-Range": '"other"'}).status_code == 200


def test_head_tells_the_size_without_a_body(alice_client: Client, recording: Recording) -> None:
    answer = alice_client.head(f"/recordings/{recording.pk}/media")
    assert answer.status_code == 200
    assert answer.headers["Content-Length"] == str(len(CONTENT))
    assert answer.content == b""


def test_playback_copy_is_served_where_browsers_need_it(alice_client: Client, recording: Recording) -> None:
    recording.is_browser_playable = False
    recording.proxy.save("copy.mp4", ContentFile(b"copy"))
    answer = ask(alice_client, recording)
    assert answer.getvalue() == b"copy"
    assert answer.headers["ETag"].endswith('-proxy"')


def test_stranger_gets_404(charlie_client: Client, recording: Recording) -> None:
    assert ask(charlie_client, recording).status_code == 404


def test_visitor_without_login_gets_404(recording: Recording) -> None:
    assert ask(Client(), recording).status_code == 404


def test_film_that_is_gone_from_the_disk_gets_404(alice_client: Client, recording: Recording) -> None:
    Path(recording.file.path).unlink()
    assert ask(alice_client, recording).status_code == 404


def test_wrong_method_gets_405(alice_client: Client, recording: Recording) -> None:
    assert alice_client.post(f"/recordings/{recording.pk}/media").status_code == 405


def test_film_takes_four_queries(alice_client: Client, recording: Recording, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(4):  # session, user, institution (its time zone), recording
        ask(alice_client, recording)


@pytest.mark.django_db(transaction=True)
async def test_film_is_streamed_in_blocks_under_asgi(alice: User, recording: Recording) -> None:
    client = AsyncClient()
    await client.aforce_login(alice)
    answer: Any = await client.get(f"/recordings/{recording.pk}/media", headers={"Range": "bytes=1-"})
    assert answer.is_async
    blocks = [block async for block in answer.streaming_content]
    assert b"".join(blocks) == CONTENT[1:]
    assert len(blocks) > 1
    # The view's thread has a connection of its own, which would keep the test database from being dropped.
    await sync_to_async(connections.close_all)()
