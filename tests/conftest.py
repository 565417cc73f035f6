"""Embedded Postgres and Valkey for the session, and the cast: Alice teaches, Bob assists, Charlie is a stranger."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from django.test import Client

from courses.models import Course, Institution, Lecture, User
from dashboard.embedded import Services
from tests import factories

# Two test processes with two threads each wait for one another: several times slower than one thread each.
os.environ.setdefault("OMP_NUM_THREADS", "1")

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
_services: Services | None = None


def pytest_configure(config: pytest.Config) -> None:
    """Start the embedded services once, in the controlling process; its workers find them by LECTERN_HOME."""
    global _services
    if hasattr(config, "workerinput") or config.option.collectonly:
        return
    _services = Services(Path(os.environ["LECTERN_HOME"]))
    _services.start()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Stop what was started, and leave nothing behind."""
    if _services is not None:
        _services.stop()
        shutil.rmtree(os.environ["LECTERN_HOME"], ignore_errors=True)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs the labelled data where it is not there."""
    if SHARED.is_dir():
        return
    for item in items:
        if item.get_closest_marker("shared"):
            item.add_marker(pytest.mark.skip(reason="the labelled data folder (../shared) is not beside the checkout"))


@pytest.fixture(autouse=True)
def own_folders(settings: object, tmp_path: Path) -> None:
    """Give each test its own media and spool folders."""
    settings.MEDIA_ROOT = tmp_path / "media"  # type: ignore[attr-defined]
    settings.UPLOAD_SPOOL_DIR = tmp_path / "uploads"  # type: ignore[attr-defined]


@pytest.fixture
def institution(db: None) -> Institution:
    return factories.InstitutionFactory()


@pytest.fixture
def policy(institution: Institution) -> object:
    return factories.policy(institution)


@pytest.fixture
def alice(institution: Institution) -> User:
    """Teaches the course."""
    return factories.UserFactory(institution=institution, name="Alice", email="alice@example.org")


@pytest.fixture
def bob(institution: Institution) -> User:
    """Assists in the course."""
    return factories.UserFactory(institution=institution, name="Bob", email="bob@example.org")


@pytest.fixture
def charlie(institution: Institution) -> User:
    """A stranger: teaches at the same institution, but not in the course."""
    return factories.UserFactory(institution=institution, name="Charlie", email="charlie@example.org")


@pytest.fixture
def course(institution: Institution, alice: User, bob: User, policy: object) -> Course:
    """A course of Alice and Bob, in an institution whose policy is `individual`."""
    made = factories.CourseFactory(institution=institution)
    made.teachers.set([alice, bob])
    return made


@pytest.fixture
def lecture(course: Course) -> Lecture:
    return factories.LectureFactory(institution=course.institution, course=course)


def logged_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def alice_client(alice: User) -> Client:
    return logged_in(alice)


@pytest.fixture
def bob_client(bob: User) -> Client:
    return logged_in(bob)


@pytest.fixture
def charlie_client(charlie: User) -> Client:
    return logged_in(charlie)


@pytest.fixture
def clips() -> Path:
    """Real clips, fetched at set-up."""
    return Path(os.environ.get("LECTERN_ASSETS", ROOT / ".vendor")) / "clips"
