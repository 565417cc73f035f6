"""The demo is made once, through the product's own door, and found again."""

from __future__ import annotations

import io
import stat
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from rich.console import Console

from courses.models import Course, DeploymentPolicy, Recording, Student, User
from courses.policy import Purpose, require
from dashboard.demo.errors import DemoError
from dashboard.demo.logins import read_logins
from dashboard.demo.people import PEOPLE, ROSTER, demo_course, demo_logins
from dashboard.demo.steps import DemoRun
from inference.models import AnalysisRun

State = AnalysisRun.State


@pytest.fixture
def words() -> io.StringIO:
    return io.StringIO()


@pytest.fixture
def demo(live_server: Any, tmp_path: Path, words: io.StringIO) -> DemoRun:
    return DemoRun(base_url=live_server.url, console=Console(file=words), home=tmp_path, film_s=3.0)


@pytest.fixture
def worker() -> Iterator[None]:
    """Ends every waiting run, half-way first, as a worker would."""
    is_over = threading.Event()

    def work() -> None:
        while not is_over.is_set():
            AnalysisRun.objects.filter(state=State.STARTED).update(state=State.SUCCESS, progress=1.0)
            AnalysisRun.objects.filter(state=State.PENDING).update(state=State.STARTED, progress=0.5, stage="faces")
            time.sleep(0.3)
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    yield
    is_over.set()
    thread.join()


@pytest.mark.django_db
def test_people_course_and_roster_are_made_once(tmp_path: Path) -> None:
    first = demo_logins(demo_course(), path=tmp_path / "logins.json")
    again = demo_logins(demo_course(), path=tmp_path / "logins.json")
    assert first == again
    course = Course.objects.get()
    assert set(course.teachers.values_list("email", flat=True)) == {
        email for _, role, email in PEOPLE if role == "teacher"
    }
    assert Student.objects.filter(enrollments__course=course).count() == len(ROSTER)
    assert DeploymentPolicy.objects.count() == 1
    assert require(Purpose.INDIVIDUAL, institution=course.institution, course=course)


@pytest.mark.django_db
def test_logins_work_and_are_kept_for_the_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "logins.json"
    for login in demo_logins(demo_course(), path=path):
        assert Client().login(username=login.email, password=login.password)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert User.objects.get(role=User.Role.ADMIN).is_staff


@pytest.mark.django_db
def test_lost_login_file_means_new_passwords(tmp_path: Path) -> None:
    path = tmp_path / "logins.json"
    demo_logins(demo_course(), path=path)
    path.unlink()
    for login in demo_logins(demo_course(), path=path):
        assert Client().login(username=login.email, password=login.password)
    assert len(read_logins(path)) == len(PEOPLE)


def test_tiles_bear_names_of_the_roster(clips: Path) -> None:
    from inference.vision.gallery import demo_tiles

    assert {tile.name for tile in demo_tiles(clips)} <= set(ROSTER)


@pytest.mark.django_db(transaction=True)
def test_demo_recording_is_built_uploaded_and_followed_once(demo: DemoRun, worker: None, words: io.StringIO) -> None:
    demo.run(None)
    recording = Recording.objects.get()
    assert recording.duration_s == pytest.approx(3.0, abs=0.2)
    assert AnalysisRun.objects.get().state == State.SUCCESS
    demo.run(None)
    assert Recording.objects.count() == 1
    assert words.getvalue().count("Uploading") == 1


@pytest.mark.django_db(transaction=True)
def test_given_lecture_is_analysed_once(demo: DemoRun, worker: None, clips: Path, words: io.StringIO) -> None:
    lecture = clips / "single_face.mp4"
    demo.run(lecture)
    demo.run(lecture)
    assert Recording.objects.filter(original_name=lecture.name).count() == 1
    assert "there already" in words.getvalue()


@pytest.mark.django_db(transaction=True)
def test_refused_lecture_says_why_and_what_to_do(demo: DemoRun, worker: None, tmp_path: Path) -> None:
    text = tmp_path / "notes.mp4"
    text.write_text("not a film")
    with pytest.raises(DemoError, match="not a video") as error:
        demo.run(text)
    assert error.value.remedy


@pytest.mark.django_db(transaction=True)
def test_missing_lecture_says_so(demo: DemoRun, worker: None, tmp_path: Path) -> None:
    with pytest.raises(DemoError, match="no file"):
        demo.run(tmp_path / "nothing.mp4")


@pytest.mark.django_db(transaction=True)
def test_failed_run_says_why(demo: DemoRun, clips: Path, tmp_path: Path) -> None:
    def fail() -> None:
        while not AnalysisRun.objects.exists():
            time.sleep(0.2)
        AnalysisRun.objects.update(state=State.FAILURE, error_code="x", error_message="Broken.", error_remedy="Retry.")
        connection.close()

    thread = threading.Thread(target=fail)
    thread.start()
    with pytest.raises(DemoError, match=r"Broken\. Retry\."):
        demo.run(None)
    thread.join()


@pytest.mark.django_db(transaction=True)
def test_failed_run_is_tried_again_at_the_next_start(demo: DemoRun, worker: None) -> None:
    demo.run(None)
    AnalysisRun.objects.update(state=State.FAILURE, error_message="Broken.")
    demo.run(None)
    assert AnalysisRun.objects.get().state == State.SUCCESS


@pytest.mark.django_db
def test_site_that_does_not_answer_is_named(tmp_path: Path, clips: Path) -> None:
    demo = DemoRun(base_url="http://127.0.0.1:9", console=Console(file=io.StringIO()), home=tmp_path, film_s=1.0)
    with pytest.raises(DemoError, match=r"127\.0\.0\.1:9 does not answer"):
        demo.run(None)
