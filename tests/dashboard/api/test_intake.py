"""The end of an upload: all of it or nothing, and whatever broke can be tried again."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from kombu.exceptions import OperationalError as BrokerError

from courses.models import Course, Lecture, Recording, Upload
from courses.services.recordings import file_store
from dashboard.api import intake
from dashboard.tasks import finish_uploads
from inference.models import AnalysisRun
from inference.tasks import analyze_run, write_proxy
from tests import factories
from tests.dashboard.api import tus_client
from tests.held_upload import held_elsewhere

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def content(clips: Path) -> bytes:
    return (clips / "single_face.mp4").read_bytes()


def stored_files() -> list[str]:
    try:
        return default_storage.listdir("recordings")[1]
    except FileNotFoundError:
        return []


def sole_upload() -> Upload:
    return Upload.objects.get()


def fail_once(monkeypatch: Any, module: Any, name: str, error: Exception) -> None:
    """Let one call of a real function fail, as a lost database or a full disk would."""
    real = getattr(module, name)

    def failing(*args: Any, **kwargs: Any) -> Any:
        monkeypatch.setattr(module, name, real)
        raise error

    monkeypatch.setattr(module, name, failing)


@pytest.mark.parametrize("step", ["lecture_create", "recording_create", "run_request", "file_sha256", "file_store"])
def test_failed_step_leaves_nothing_behind_and_is_made_up_for(
    alice: Any, course: Course, content: bytes, monkeypatch: Any, step: str
) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(alice)
    fail_once(monkeypatch, intake, step, OSError("lost"))
    url, answer = tus_client.send(client, course=course.slug, content=content)
    assert answer.status_code == 500
    assert (Lecture.objects.count(), Recording.objects.count(), AnalysisRun.objects.count()) == (0, 0, 0)
    assert stored_files() == []
    assert sole_upload().state == Upload.State.CHECKING
    assert sole_upload().spool_path.read_bytes() == content
    assert tus_client.head(client, url).headers["Upload-Offset"] == str(len(content))
    assert client.get(url).json()["state"] == "done"
    assert Recording.objects.get().file.read() == content
    assert not sole_upload().spool_path.exists()
    assert len(stored_files()) == 1


def test_copy_that_a_killed_server_left_is_replaced(alice_client: Client, course: Course, content: bytes) -> None:
    url = tus_client.create(alice_client, course=course.slug, length=len(content)).headers["Location"]
    leftover = Path(default_storage.path(f"recordings/{sole_upload().pk.hex}.mp4"))
    leftover.parent.mkdir(parents=True)
    leftover.write_bytes(b"half")
    tus_client.patch(alice_client, url, 0, content)
    assert Recording.objects.get().file.read() == content
    assert len(stored_files()) == 1


def test_storage_on_another_disk_gets_a_copy(
    alice_client: Client, course: Course, content: bytes, monkeypatch: Any
) -> None:
    def cross_device(*_paths: Any) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", cross_device)
    tus_client.send(alice_client, course=course.slug, content=content)
    assert Recording.objects.get().file.read() == content
    assert len(stored_files()) == 1


def test_stored_recording_is_private_and_not_a_second_copy(
    alice_client: Client, course: Course, content: bytes, monkeypatch: Any
) -> None:
    inodes: list[int] = []

    def watched(path: Path, *, name: str) -> str:
        inodes.append(path.stat().st_ino)
        return file_store(path, name=name)

    monkeypatch.setattr(intake, "file_store", watched)
    tus_client.send(alice_client, course=course.slug, content=content)
    stored = Path(Recording.objects.get().file.path).stat()
    assert (stored.st_mode & 0o777, [stored.st_ino]) == (0o600, inodes)


def test_upload_that_a_killed_server_left_is_finished_by_beat(
    alice: Any, course: Course, content: bytes, monkeypatch: Any
) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(alice)
    fail_once(monkeypatch, intake, "file_sha256", OSError("killed"))
    tus_client.send(client, course=course.slug, content=content)
    assert finish_uploads() == 1
    assert sole_upload().state == Upload.State.DONE
    assert finish_uploads() == 0


def test_beat_leaves_an_upload_that_is_being_checked_alone(alice_client: Client, course: Course) -> None:
    tus_client.create(alice_client, course=course.slug, length=5)
    Upload.objects.update(state=Upload.State.CHECKING)
    with held_elsewhere(sole_upload()):
        assert finish_uploads() == 0
    assert sole_upload().state == Upload.State.CHECKING


def test_title_and_time_of_the_lecture_are_the_teachers(alice_client: Client, course: Course, content: bytes) -> None:
    held_at = "2026-11-02T08:00:00+00:00"
    tus_client.send(alice_client, course=course.slug, content=content, title="Means", held_at=held_at)
    lecture = Lecture.objects.get()
    assert (lecture.title, lecture.held_at.isoformat()) == ("Means", held_at)


def test_part_of_a_file_that_the_disk_lost_is_sent_again(alice_client: Client, course: Course, content: bytes) -> None:
    url = tus_client.create(alice_client, course=course.slug, length=len(content)).headers["Location"]
    tus_client.patch(alice_client, url, 0, content[:5000])
    os.truncate(sole_upload().spool_path, 3000)
    assert tus_client.head(alice_client, url).headers["Upload-Offset"] == "3000"
    assert tus_client.patch(alice_client, url, 5000, content[5000:]).status_code == 409
    assert tus_client.patch(alice_client, url, 3000, content[3000:]).status_code == 204
    assert Recording.objects.get().file.read() == content


def test_lost_broker_loses_no_recording(alice_client: Client, course: Course, content: bytes, monkeypatch: Any) -> None:
    fail_once(monkeypatch, analyze_run, "delay", BrokerError("gone"))
    url, answer = tus_client.send(alice_client, course=course.slug, content=content)
    assert answer.status_code == 204
    assert alice_client.get(url).json()["run_id"] == AnalysisRun.objects.get().pk


def test_policy_that_ended_meanwhile_keeps_the_file_for_later(
    alice_client: Client, course: Course, content: bytes, policy: Any
) -> None:
    url = tus_client.create(alice_client, course=course.slug, length=len(content)).headers["Location"]
    policy.delete()
    answer = tus_client.patch(alice_client, url, 0, content)
    assert (answer.status_code, answer.json()["code"]) == (451, "policy")
    assert sole_upload().state == Upload.State.CHECKING
    factories.policy(course.institution)
    assert alice_client.get(url).json()["state"] == "done"


def test_recording_that_browsers_cannot_play_gets_a_copy_requested(
    alice_client: Client, course: Course, content: bytes, clips: Path, monkeypatch: Any
) -> None:
    asked: list[int] = []
    monkeypatch.setattr(write_proxy, "delay", asked.append)
    mov = (clips / "face_noface.mov").read_bytes()
    tus_client.send(alice_client, course=course.slug, content=mov, filename="phone.mov")
    tus_client.send(alice_client, course=course.slug, content=content)
    unplayable = Recording.objects.filter(is_browser_playable=False).values_list("pk", flat=True)
    assert asked == list(unplayable)
    assert len(asked) >= 1
