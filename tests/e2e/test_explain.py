"""The panels of signs and the page that explains a score, in the browser: both themes, wide and on a phone."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from courses.models import DeploymentPolicy, Lecture, User
from inference.models import AnalysisRun, FaceTrack
from tests.e2e.conftest import Site, Watched, watched
from tests.e2e.test_report import overflow_px, serious
from tests.inference.parts import analysed_in_parts
from tests.report_data import Plan, analysed

SIGNS = ("coverage", "heads", "fatigue")


@pytest.fixture
def report(lecture: Lecture) -> Lecture:
    """A finished report of twelve people with all signs."""
    analysed(lecture, Plan(gaps=((300, 360),)))
    return lecture


@pytest.fixture
def finished(lecture: Lecture, policy: DeploymentPolicy) -> AnalysisRun:
    """A finished run with stored observations: six people, three minutes."""
    return analysed_in_parts(lecture, policy)


def kept(page: Page, name: str) -> None:
    """Save a picture of the whole page where ``LECTERN_SCREENSHOTS`` names a folder for them."""
    if folder := os.environ.get("LECTERN_SCREENSHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)


def person_of(run: AnalysisRun) -> str:
    track = FaceTrack.objects.filter(run=run).first()
    assert track is not None
    return f"track-{track.pk}"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width_px", [390, 1440])
def test_signs_are_drawn_fit_and_can_be_read(
    browser: Browser, site: Site, alice: User, report: Lecture, theme: str, width_px: int
) -> None:
    User.objects.filter(pk=alice.pk).update(theme=theme)
    with watched(browser, site, alice, color_scheme=theme, viewport={"width": width_px, "height": 900}) as watching:
        page = watching.open(f"/lectures/{report.pk}/")
        for key in SIGNS:
            expect(page.locator(f"#chart-{key}-wrap [data-drawn]")).to_be_visible()
        kept(page, f"report-{theme}-{width_px}")
        assert overflow_px(page) <= 0
        assert serious(page) == []


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width_px", [390, 1440])
def test_an_explanation_is_drawn_fits_and_can_be_read(
    browser: Browser, site: Site, alice: User, finished: AnalysisRun, theme: str, width_px: int
) -> None:
    User.objects.filter(pk=alice.pk).update(theme=theme)
    lecture_id = finished.recording.lecture_id
    with watched(browser, site, alice, color_scheme=theme, viewport={"width": width_px, "height": 900}) as watching:
        page = watching.open(f"/lectures/{lecture_id}/explain/?who={person_of(finished)}&segment=1")
        expect(page.locator("#chart-moments-wrap [data-drawn]")).to_be_visible()
        kept(page, f"explain-{theme}-{width_px}")
        assert overflow_px(page) <= 0
        assert serious(page) == []


def test_a_teacher_finds_the_moments_behind_a_value(alice_page: Watched, finished: AnalysisRun) -> None:
    page = alice_page.open(f"/lectures/{finished.recording.lecture_id}/explain/")
    page.get_by_label("Which stretch").select_option(label="0:30–1:00")
    page.get_by_role("button", name="Explain").click()
    page.get_by_role("link", name="Person 3").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Why ")
    expect(page.get_by_label("Which stretch")).to_have_value("1")
    rows = page.locator("table", has=page.get_by_role("columnheader", name="Labelled")).locator("tbody tr")
    expect(rows).to_have_count(30)
    rows.nth(4).get_by_role("button").click()
    expect(page.locator("[data-player-now]")).to_have_text("0:34")
