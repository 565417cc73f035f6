"""A teacher's whole way: log in, upload a real recording, watch its analysis, read its charts, name a face."""

from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from courses.models import Course, Upload, User
from inference.models import FaceTrack
from tests import factories
from tests.e2e.conftest import Site, Watched, watched

ANALYSIS_MS = 240_000


def test_recording_in_charts_out_without_a_reload(
    browser: Browser, site: Site, worker: None, alice: User, course: Course, film: Path
) -> None:
    factories.enroll(course, name="Ana Sousa")
    with watched(browser, site, None) as teacher:
        page = teacher.page
        frames: list[str] = []
        page.on("websocket", lambda socket: socket.on("framereceived", lambda frame: frames.append(str(frame))))
        teacher.open("/")
        page.get_by_label("E-mail").fill(alice.email)
        page.get_by_label("Password").fill("correct horse")
        page.get_by_role("button", name="Log in").click()
        page.get_by_role("link", name=course.name).first.click()
        page.get_by_role("link", name="Upload a recording").first.click()
        page.evaluate("window.hasNotReloaded = true")
        page.get_by_label("Title").fill("Chain rule")
        page.locator("[data-upload-input]").set_input_files(film)
        expect(page.locator("[data-run-stages] li").first).to_be_visible()
        expect(page.locator(".stages .stage-active, .stages .stage-done").first).to_be_visible(timeout=60_000)
        expect(page.get_by_role("heading", name="Concentration over time")).to_be_visible(timeout=ANALYSIS_MS)
        expect(page.get_by_role("heading", name="Chain rule")).to_be_visible()
        expect(page.locator("#chart-concentration-wrap [data-drawn]")).to_be_visible()
        assert page.evaluate("window.hasNotReloaded") is True
        assert re.search(r"/lectures/\d+/$", page.url)
        assert any('"stage"' in frame for frame in frames)
        _name_the_first_person(teacher)
    assert FaceTrack.objects.filter(student__name="Ana Sousa").exists()


def _name_the_first_person(teacher: Watched) -> None:
    page = teacher.page
    page.locator("[data-person]").first.click()
    page.get_by_role("menuitemradio", name="Ana Sousa").click()
    expect(page.locator("[data-person]").first).to_have_text("Ana Sousa", timeout=60_000)
    expect(page.locator("#chart-students-wrap [data-drawn]")).to_be_visible()
    assert page.evaluate("window.hasNotReloaded") is True
    page.locator("[data-person]", has_text="Ana Sousa").click()
    page.get_by_role("menuitem", name="Take the name back").click()
    expect(page.locator("[data-person]", has_text="Ana Sousa")).to_have_count(0, timeout=60_000)
    page.locator("[data-person]").first.click()
    page.get_by_role("menuitemradio", name="Ana Sousa").click()
    expect(page.locator("[data-person]", has_text="Ana Sousa")).to_have_count(1, timeout=60_000)


def test_text_under_a_video_name_is_refused_with_a_remedy(alice_page: Watched, course: Course, tmp_path: Path) -> None:
    page = alice_page.open(f"/courses/{course.slug}/lectures/new/")
    fake = tmp_path / "lecture.mp4"
    fake.write_text("this is not a film\n" * 100)
    page.locator("[data-upload-input]").set_input_files(fake)
    error = page.locator("[data-upload-row] [data-error]")
    expect(error).to_be_visible()
    expect(error.locator("[data-message]")).not_to_be_empty()
    expect(error.locator("[data-remedy]")).not_to_be_empty()


def test_wrong_kind_of_file_is_refused_before_it_is_sent(alice_page: Watched, course: Course, tmp_path: Path) -> None:
    page = alice_page.open(f"/courses/{course.slug}/lectures/new/")
    notes = tmp_path / "notes.pdf"
    notes.write_bytes(b"%PDF-1.7")
    page.locator("[data-upload-input]").set_input_files(notes)
    expect(page.locator("[data-message]", has_text="not a recording")).to_be_visible()
    assert not Upload.objects.exists()


class Network:
    """The page's connection, as slow as a test wants it."""

    def __init__(self, page: Page) -> None:
        self._session = page.context.new_cdp_session(page)
        self._session.send("Network.enable")

    def set(self, *, bytes_per_s: int = -1, offline: bool = False) -> None:
        facts = {"offline": offline, "latency": 0, "downloadThroughput": -1, "uploadThroughput": bytes_per_s}
        self._session.send("Network.emulateNetworkConditions", facts)


def test_upload_survives_a_lost_connection(alice_page: Watched, course: Course, film: Path) -> None:
    page = alice_page.open(f"/courses/{course.slug}/lectures/new/")
    network = Network(page)
    network.set(bytes_per_s=400_000)
    page.locator("[data-upload-input]").set_input_files(film)
    expect(page.locator("[data-status]", has_text="B/s")).to_be_visible()
    network.set(offline=True)
    expect(page.get_by_text("Connection lost. Trying again.")).to_be_visible()
    network.set()
    expect(page.locator("[data-run-place]")).to_be_visible(timeout=60_000)
    assert Upload.objects.get().state == Upload.State.DONE


def test_paused_upload_goes_on_after_a_reload(alice_page: Watched, course: Course, film: Path) -> None:
    page = alice_page.open(f"/courses/{course.slug}/lectures/new/")
    network = Network(page)
    network.set(bytes_per_s=400_000)
    page.locator("[data-upload-input]").set_input_files(film)
    expect(page.locator("[data-status]", has_text="%")).to_be_visible()
    page.get_by_role("button", name="Pause").click()
    expect(page.get_by_text("Paused", exact=True)).to_be_visible()
    network.set()
    page.reload()
    expect(page.get_by_text("From an earlier visit")).to_be_visible()
    page.locator("[data-upload-input]").set_input_files(film)
    expect(page.locator("[data-run-place]")).to_be_visible(timeout=60_000)
    assert Upload.objects.get().state == Upload.State.DONE
