"""Who is who and reference photos in the browser: by mouse, by keyboard, on a telephone, in both themes."""

from __future__ import annotations

import os
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from courses.models import Enrollment, Lecture, ReferencePhoto, Student, User
from courses.services.permissions import permission_record
from inference.models import AnalysisRun, FaceTrack, TrackSuggestion
from tests import factories
from tests.conftest import SHARED
from tests.e2e.conftest import Site, Watched, watched
from tests.inference.relay import relay_run

SERIOUS = {"serious", "critical"}
PHONE = {"viewport": {"width": 390, "height": 844}}


@pytest.fixture
def students(lecture: Lecture) -> list[Student]:
    names = ("Ada Lovelace", "Ben Franklin", "Chen Wei", "Dana Okafor")
    return [factories.enroll(lecture.course, name=name)[0] for name in names]


@pytest.fixture
def run(lecture: Lecture, policy: object, students: list[Student], film: Path) -> AnalysisRun:
    """Seven tracks of six people over a recording that plays; one is named, two have suggestions."""
    made = relay_run(lecture, policy)
    stored = factories.recording_of(film, factories.LectureFactory(course=lecture.course), duration_s=180)
    made.recording.file = stored.file
    made.recording.save()
    FaceTrack.objects.filter(run=made, number=2).update(student=students[1])
    for number, student, band in ((4, students[0], "likely"), (3, students[2], "unsure")):
        track = FaceTrack.objects.get(run=made, number=number)
        facts = {"institution": made.institution, "source": "face", "score": 0.87}
        TrackSuggestion.objects.create(track=track, student=student, band=band, **facts)
    return made


def opened(watching: Watched, run: AnalysisRun) -> Page:
    page = watching.open(f"/lectures/{run.recording.lecture_id}/people/")
    expect(page.get_by_role("heading", name="Who is who")).to_be_visible()
    return page


def card(page: Page, name: str) -> Any:
    return page.locator("article").filter(has=page.get_by_role("heading", name=name, exact=True))


def shown(page: Page, name: str) -> None:
    """Keep a picture where a folder for pictures is named."""
    if folder := os.environ.get("LECTERN_SHOTS"):
        page.wait_for_timeout(300)
        page.screenshot(path=str(Path(folder) / f"{name}.png"), full_page=True)


def complaints(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{item['id']}: {item['nodes'][0]['html']}" for item in found if item["impact"] in SERIOUS]


def test_a_suggestion_is_confirmed_without_a_reload(alice_page: Watched, run: AnalysisRun) -> None:
    page = opened(alice_page, run)
    page.evaluate("window.stays = true")
    card(page, "Person 4").get_by_role("button", name="Confirm").click()
    expect(card(page, "Ada Lovelace")).to_be_visible()
    expect(page.locator("#live")).to_have_text("Named Ada Lovelace.")
    assert page.evaluate("window.stays")
    page.locator("#undo").click()
    expect(card(page, "Person 4")).to_be_visible()


def test_show_moves_the_player_to_the_face_and_frames_it(alice_page: Watched, run: AnalysisRun) -> None:
    page = opened(alice_page, run)
    page.wait_for_function("document.querySelector('video').readyState >= 1")
    card(page, "Person 6").get_by_role("link", name="Show").click()
    expect(page.locator("[data-player-box]")).to_be_visible()
    page.wait_for_function("document.querySelector('video').currentTime > 30")


def test_by_keyboard_two_tracks_are_merged(alice_page: Watched, run: AnalysisRun) -> None:
    page = opened(alice_page, run)
    seven = card(page, "Person 7")
    seven.locator("summary").focus()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.type("Person 6")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(card(page, "Person 6")).to_contain_text("2 tracks")
    expect(seven).to_have_count(0)


def test_a_field_for_a_time_proposes_where_the_player_stands(alice_page: Watched, run: AnalysisRun) -> None:
    page = opened(alice_page, run)
    page.wait_for_function("document.querySelector('video').readyState >= 1")
    page.evaluate("document.querySelector('video').currentTime = 42")
    person = card(page, "Person 1")
    person.locator("summary").click()
    field = person.locator("[data-now]")
    expect(page.locator("[data-player-now]")).to_have_text("0:42")
    field.focus()
    expect(field).to_have_value("0:42")
    person.get_by_role("button", name="Split here").click()
    expect(card(page, "Person 8")).to_be_visible()


def test_without_javascript_everything_works(browser: Browser, site: Site, alice: User, run: AnalysisRun) -> None:
    with watched(browser, site, alice, java_script_enabled=False) as watching:
        page = watching.open(f"/lectures/{run.recording.lecture_id}/people/")
        card(page, "Person 4").get_by_role("button", name="Confirm").click()
        expect(card(page, "Ada Lovelace")).to_be_visible()
        expect(page.locator(".notice")).to_have_text("Named Ada Lovelace.")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("size", ["wide", "phone"])
def test_pages_have_no_serious_barrier_and_fit(
    browser: Browser, site: Site, alice: User, run: AnalysisRun, students: list[Student], theme: str, size: str
) -> None:
    User.objects.filter(pk=alice.pk).update(theme=theme)
    FaceTrack.objects.filter(run=run, number=5).update(role="instructor")
    with watched(browser, site, alice, **(PHONE if size == "phone" else {})) as watching:
        page = opened(watching, run)
        card(page, "Person 4").locator("summary").click()
        assert complaints(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth")
        shown(page, f"people-{theme}-{size}")
        course = run.recording.lecture.course
        address = f"/courses/{course.slug}/roster/{students[0].pk}/photos/"
        for name in ("permission", "photos"):
            watching.open(address)
            assert complaints(page) == []
            assert page.evaluate("document.documentElement.scrollWidth") <= page.evaluate("window.innerWidth")
            shown(page, f"{name}-{theme}-{size}")
            _with_references(students[0], alice)


def _with_references(student: Student, user: User) -> None:
    found = Enrollment.objects.select_related("course").get(student=student)
    permission_record(found, basis="consent", decided_on=found.created_at.date(), recorded_by=user)
    for state, fault in (("ready", ""), ("rejected", "several"), ("waiting", "")):
        facts = {"state": state, "fault": fault, "quality": 0.83 if state == "ready" else None, "added_by": user}
        ReferencePhoto.objects.create(institution=found.institution, enrollment=found, **facts)


@pytest.mark.shared
@pytest.mark.weights
def test_a_photo_is_sent_small_read_by_the_worker_and_shown_as_ready(
    alice_page: Watched, alice: User, students: list[Student], worker: None, tmp_path: Path
) -> None:
    found = Enrollment.objects.select_related("course").get(student=students[0])
    permission_record(found, basis="consent", decided_on=found.created_at.date(), recorded_by=alice)
    with zipfile.ZipFile(SHARED / "data" / "lfw160.zip") as archive:
        names = ("Serena_Williams/Serena_Williams_0001.jpg", "Ariel_Sharon/Ariel_Sharon_0002.jpg")
        files = [tmp_path / Path(name).name for name in names]
        for name, path in zip(names, files, strict=True):
            path.write_bytes(archive.read(name))
    page = alice_page.open(f"/courses/{found.course.slug}/roster/{students[0].pk}/photos/")
    page.locator("input[type=file]").set_input_files(files)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator(".badge")).to_have_text([re.compile("ready")] * 2, timeout=60_000)
    assert ReferencePhoto.objects.filter(state="ready", photo_key=None).count() == 2


@pytest.fixture
def policy(institution: Any) -> Iterator[object]:
    yield factories.policy(institution)
