"""A server that is killed at any moment, a browser that comes back: nothing is lost, memory stays flat."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from courses.models import Course, Recording, Upload
from dashboard.demo.sender import TUS
from dashboard.demo.site import Site, SiteGone
from tests.dashboard.api.served import ServedSite
from tests.dashboard.api.tus_client import metadata

pytestmark = pytest.mark.django_db(transaction=True)
CSRF = "c" * 32
MIB = 1024**2
PIECE_BYTES = 16 * 1024


@pytest.fixture
def served(tmp_path: Path) -> Iterator[ServedSite]:
    site = ServedSite(tmp_path)
    site.start()
    yield site
    site.kill()


@pytest.fixture
def browser(served: ServedSite, alice_client: Client) -> Site:
    session = alice_client.cookies[settings.SESSION_COOKIE_NAME].value
    return Site(served.url, {settings.SESSION_COOKIE_NAME: session, settings.CSRF_COOKIE_NAME: CSRF})


def create(browser: Site, course: Course, length: int) -> str:
    headers = {**TUS, "Upload-Length": str(length), "Upload-Metadata": metadata(course=course.slug, filename="a.mp4")}
    return browser.ask("POST", "/api/uploads/", b"", headers).headers["Location"]


def patch(browser: Site, url: str, offset: int, piece: bytes) -> int:
    headers = {**TUS, "Content-Type": "application/offset+octet-stream", "Upload-Offset": str(offset)}
    return int(browser.ask("PATCH", url, piece, headers).headers["Upload-Offset"])


def resume(browser: Site, url: str, content: bytes) -> None:
    """Send small pieces from where the server says, until the end or until it is gone."""
    with suppress(SiteGone):
        offset = int(browser.ask("HEAD", url, headers=TUS).headers["Upload-Offset"])
        while offset < len(content):
            offset = patch(browser, url, offset, content[offset : offset + PIECE_BYTES])


def wait_for_bytes(count: int) -> None:
    while Upload.objects.get().offset_bytes < count:
        time.sleep(0.005)


def test_upload_goes_on_after_the_server_was_killed(
    served: ServedSite, browser: Site, course: Course, clips: Path
) -> None:
    content = (clips / "WolfgangLanger_Pexels.mp4").read_bytes()
    url = create(browser, course, len(content))
    for share in (0.2, 0.6):
        sender = threading.Thread(target=resume, args=(browser, url, content))
        sender.start()
        wait_for_bytes(int(len(content) * share))
        served.kill()
        sender.join()
        received = Upload.objects.get().offset_bytes
        assert Upload.objects.get().spool_path.read_bytes()[:received] == content[:received]
        served.start()
    resume(browser, url, content)
    assert browser.ask("GET", url).json()["state"] == "done"
    assert Recording.objects.get().file.read() == content


def test_memory_stays_flat_while_large_pieces_arrive(served: ServedSite, browser: Site, course: Course) -> None:
    piece = bytes(32 * MIB)
    url = create(browser, course, 4 * len(piece) + 1)
    patch(browser, url, 0, piece[:MIB])
    before = served.peak_memory_bytes()
    offset = MIB
    for _ in range(3):
        offset = patch(browser, url, offset, piece)
    assert served.peak_memory_bytes() - before < 16 * MIB
    browser.ask("DELETE", url, headers=TUS)
