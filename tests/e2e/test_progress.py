"""A run in progress: pushed, asked for where nothing can be pushed, cancelled and tried again."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from courses.models import Lecture
from inference.models import AnalysisRun
from tests import factories
from tests.e2e.conftest import Watched
from tests.report_data import analysed

State = AnalysisRun.State


@pytest.fixture
def run(lecture: Lecture) -> AnalysisRun:
    recording = factories.RecordingFactory(lecture=lecture, duration_s=600)
    return factories.AnalysisRunFactory(recording=recording, state=State.PENDING)


def test_a_waiting_run_is_cancelled_and_tried_again(alice_page: Watched, run: AnalysisRun, lecture: Lecture) -> None:
    page = alice_page.open(f"/lectures/{lecture.pk}/")
    expect(page.locator("[data-run-title]")).to_have_text("Waiting")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Cancel it").click()
    expect(page.locator("[data-run-title]")).to_have_text("Cancelled")
    run.refresh_from_db()
    assert run.state == State.REVOKED
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("[data-run-title]")).to_have_text("Waiting")


def test_cancelling_can_be_thought_over(alice_page: Watched, run: AnalysisRun, lecture: Lecture) -> None:
    page = alice_page.open(f"/lectures/{lecture.pk}/")
    page.get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name="Keep it").click()
    run.refresh_from_db()
    assert run.state == State.PENDING


def test_without_a_websocket_the_page_asks_and_shows_the_report(
    alice_page: Watched, run: AnalysisRun, lecture: Lecture
) -> None:
    alice_page.page.route_web_socket("**/ws/runs/**", lambda socket: socket.close())
    AnalysisRun.objects.filter(pk=run.pk).update(state=State.STARTED, stage="faces", progress=0.3)
    page = alice_page.open(f"/lectures/{lecture.pk}/")
    expect(page.locator("[data-run-title]")).to_have_text("Find and read faces", timeout=15_000)
    page.evaluate("window.hasNotReloaded = true")
    analysed(Lecture.objects.get(pk=lecture.pk))
    AnalysisRun.objects.filter(pk=run.pk).update(state=State.SUCCESS, progress=1.0)
    expect(page.locator("#chart-concentration-wrap [data-drawn]")).to_be_visible(timeout=15_000)
    assert page.evaluate("window.hasNotReloaded") is True
