"""What people upload by mistake is refused with a reason and a remedy, and nothing of it stays."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.test import Client

from courses.models import Course, Lecture, Recording, Upload
from inference.models import AnalysisRun
from tests.dashboard.api import films
from tests.dashboard.api.tus_client import create, head, send

pytestmark = pytest.mark.django_db(transaction=True)


def text(_path: Path) -> bytes:
    return b"These are my notes, not a film.\n" * 100


def program(_path: Path) -> bytes:
    return b"\x7fELF" + bytes(5000)


MISTAKES: list[tuple[Callable[[Path], bytes], str]] = [
    (text, "not_a_video"),
    (program, "not_a_video"),
    (films.without_index, "truncated"),
    (films.sound, "audio_only"),
    (films.without_pictures, "zero_length"),
    (lambda path: films.film(path, seconds=0.5), "too-short"),
]


def assert_nothing_stays(client: Client, url: str) -> None:
    assert not Lecture.objects.exists()
    assert not Recording.objects.exists()
    assert not AnalysisRun.objects.exists()
    assert not default_storage.exists("recordings") or default_storage.listdir("recordings") == ([], [])
    assert not Upload.objects.get().spool_path.exists()
    assert head(client, url).status_code == 410


@pytest.mark.parametrize(("make", "code"), MISTAKES)
def test_mistake_is_refused_with_reason_and_remedy(
    alice_client: Client, course: Course, tmp_path: Path, make: Callable[[Path], bytes], code: str
) -> None:
    url, answer = send(alice_client, course=course.slug, content=make(tmp_path / "film.mp4"), fingerprint="f")
    said: dict[str, str] = answer.json()  # type: ignore[attr-defined]
    assert (answer.status_code, said["code"]) == (422, code)
    assert said["message"]
    assert said["remedy"]
    row = alice_client.get(url).json()
    assert (row["state"], row["error"]) == ("refused", said)
    assert_nothing_stays(alice_client, url)


def test_recording_over_the_time_limit_is_refused(
    alice_client: Client, course: Course, tmp_path: Path, settings: Any
) -> None:
    settings.RECORDING_MAX_S = 1
    url, answer = send(alice_client, course=course.slug, content=films.film(tmp_path / "film.mp4"))
    assert (answer.status_code, answer.json()["code"]) == (422, "too-long")  # type: ignore[attr-defined]
    assert_nothing_stays(alice_client, url)


def test_refused_file_can_be_uploaded_again_after_it_was_mended(
    alice_client: Client, course: Course, tmp_path: Path
) -> None:
    send(alice_client, course=course.slug, content=films.without_index(tmp_path / "half.mp4"), fingerprint="f")
    whole = films.film(tmp_path / "whole.mp4")
    _url, answer = send(alice_client, course=course.slug, content=whole, fingerprint="f")
    assert answer.status_code == 204
    assert Recording.objects.get().size_bytes == len(whole)


def test_small_and_short_films_are_taken(alice_client: Client, course: Course, tmp_path: Path) -> None:
    content = films.film(tmp_path / "small.mp4", seconds=1.2, size=(160, 120))
    _url, answer = send(alice_client, course=course.slug, content=content)
    assert answer.status_code == 204


def test_film_without_a_face_is_taken(alice_client: Client, course: Course, clips: Path) -> None:
    _url, answer = send(alice_client, course=course.slug, content=(clips / "no_face.mp4").read_bytes())
    assert answer.status_code == 204


def test_empty_file_is_refused_before_anything_is_stored(alice_client: Client, course: Course) -> None:
    answer = create(alice_client, course=course.slug, length=0)
    assert (answer.status_code, answer.json()["code"]) == (422, "empty")
    assert answer.json()["remedy"]
    assert not Upload.objects.exists()
