"""A full disk during an upload, for real: what arrived before is kept, and the upload goes on once there is room."""

from __future__ import annotations

import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from courses.models import Course, Upload
from tests.dashboard.api.tus_client import create, delete, head, patch

KIB = 1024
HALF = bytes(700 * KIB)


@pytest.fixture
def tiny_disk(settings: Any) -> Iterator[Path]:
    """A spool of one MiB, a file system of its own."""
    folder = Path(settings.UPLOAD_SPOOL_DIR)
    folder.mkdir(parents=True)
    mount = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
    try:
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("only root can mount a small file system; the file-size limit is tested instead")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


@pytest.fixture
def file_size_limit() -> Iterator[int]:
    """A limit of the process on files, which the system enforces in write()."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (300 * KIB, hard))
    yield 300 * KIB
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def start(client: Client, course: Course) -> str:
    return str(create(client, course=course.slug, length=len(HALF)).headers["Location"])


def test_upload_survives_a_full_disk(alice_client: Client, course: Course, tiny_disk: Path) -> None:
    first, second = start(alice_client, course), start(alice_client, course)
    assert patch(alice_client, first, 0, HALF[:-1]).status_code == 204
    assert patch(alice_client, second, 0, HALF[: 100 * KIB]).status_code == 204
    answer = patch(alice_client, second, 100 * KIB, HALF[100 * KIB : -1])
    assert (answer.status_code, answer.json()["code"]) == (507, "disk-full")
    assert "free space" in answer.json()["remedy"]
    assert head(alice_client, second).headers["Upload-Offset"] == str(100 * KIB)
    assert sorted(path.stat().st_size for path in tiny_disk.iterdir()) == [100 * KIB, len(HALF) - 1]
    Path(Upload.objects.get(pk=first.split("/")[3]).spool_path).unlink()
    assert patch(alice_client, second, 100 * KIB, HALF[100 * KIB : -1]).status_code == 204


def test_new_upload_that_cannot_fit_is_refused_at_once(alice_client: Client, course: Course, tiny_disk: Path) -> None:
    answer = create(alice_client, course=course.slug, length=2 * KIB * KIB)
    assert (answer.status_code, answer.json()["code"]) == (507, "disk-full")


def test_file_size_limit_counts_as_a_full_disk(alice_client: Client, course: Course, file_size_limit: int) -> None:
    url = start(alice_client, course)
    answer = patch(alice_client, url, 0, HALF[:-1])
    assert (answer.status_code, answer.json()["code"]) == (507, "disk-full")
    assert head(alice_client, url).headers["Upload-Offset"] == "0"
    assert Upload.objects.get().spool_path.stat().st_size == 0
    assert delete(alice_client, url).status_code == 204
