"""Bodies that are too large never reach Django's temporary folder; a full one is told as such."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client

from courses.models import Course, Upload
from courses.services.references import MOST_REQUEST_BYTES
from tests.dashboard.api.served import HOST, ServedSite

pytestmark = pytest.mark.django_db(transaction=True)
MIB = 1024**2


@pytest.fixture
def tiny_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    folder = tmp_path / "tmp"
    folder.mkdir()
    try:
        subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)], check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only root can mount a small file system")
    monkeypatch.setenv("TMPDIR", str(folder))
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=True)


def served(home: Path) -> Iterator[ServedSite]:
    site = ServedSite(home)
    site.start()
    yield site
    site.kill()


@pytest.fixture
def site(tmp_path: Path) -> Iterator[ServedSite]:
    yield from served(tmp_path)


@pytest.fixture
def cramped_site(tiny_temporary_folder: Path, tmp_path: Path) -> Iterator[ServedSite]:
    yield from served(tmp_path)


def post(site: ServedSite, body: object, headers: dict[str, str]) -> tuple[int, str]:
    connection = HTTPConnection(HOST, site.port, timeout=60)
    connection.request("POST", "/api/uploads/", body, headers)  # type: ignore[arg-type]
    answer = connection.getresponse()
    return answer.status, answer.read().decode()


def test_announced_body_over_the_limit_gets_413_unread(site: ServedSite) -> None:
    announced = {"Content-Length": str(settings.UPLOAD_CHUNK_MAX_BYTES + 1)}
    status, said = post(site, b"", announced)
    assert status == 413
    assert "chunk-too-large" in said


def test_body_without_a_length_is_stopped_at_the_limit(site: ServedSite) -> None:
    pieces = (bytes(MIB) for _ in range(settings.UPLOAD_CHUNK_MAX_BYTES // MIB + 1))
    try:
        status, said = post(site, pieces, {"Transfer-Encoding": "chunked"})
    except ConnectionError:
        return  # the server closed while the client still sent: refused as well
    assert status == 413
    assert "chunk-too-large" in said


def test_full_temporary_folder_is_told_with_a_remedy(
    cramped_site: ServedSite, alice_client: Client, course: Course
) -> None:
    status, said = post(cramped_site, bytes(5 * MIB), {})
    assert status == 507
    assert "free space" in said
    assert not Upload.objects.exists()


def test_a_request_with_photos_is_stopped_before_django_would_write_it_to_the_disk(site: ServedSite) -> None:
    connection = HTTPConnection(HOST, site.port, timeout=60)
    connection.request("POST", "/courses/a/roster/1/photos/", b"", {"Content-Length": str(MOST_REQUEST_BYTES + 1)})
    assert connection.getresponse().status == 413
    assert settings.FILE_UPLOAD_MAX_MEMORY_SIZE >= MOST_REQUEST_BYTES
