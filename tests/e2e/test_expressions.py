"""Valence and basic emotions in the browser: drawn, spoken, tabled, in both themes and on a phone."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from courses.models import ExtraEstimates, Lecture, User
from tests import factories
from tests.e2e.conftest import Site, Watched, watched
from tests.e2e.test_report import overflow_px, serious
from tests.report_data import Plan, analysed

CHARTS = ("valence", "basic")


@pytest.fixture
def report(lecture: Lecture) -> Lecture:
    """A finished report of twelve people whose institution chose both estimates."""
    analysed(lecture, Plan(gaps=((300, 360),), extras=CHARTS))
    factories.policy(lecture.institution, extra_estimates=ExtraEstimates.BOTH)
    return lecture


def opened(watching: Watched, report: Lecture) -> Page:
    page = watching.open(f"/lectures/{report.pk}/")
    for key in CHARTS:
        expect(page.locator(f"#chart-{key}-wrap [data-drawn]")).to_be_visible()
    return page


def test_values_are_spoken_and_stand_in_tables(alice_page: Watched, report: Lecture) -> None:
    page = opened(alice_page, report)
    page.locator("#chart-valence-wrap [data-plot]").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#live")).to_have_text(re.compile(r"^0:30–1:00: faces appear positive 38 %, neutral 50 %"))
    for key in CHARTS:
        page.locator(f"[data-table-toggle='chart-{key}']").click()
        expect(page.locator(f"#chart-{key}-table tbody tr").first).to_be_visible()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("width_px", [390, 1440])
def test_panel_fits_and_has_no_serious_accessibility_violation(
    browser: Browser, site: Site, alice: User, report: Lecture, theme: str, width_px: int
) -> None:
    User.objects.filter(pk=alice.pk).update(theme=theme)
    size = {"width": width_px, "height": 900}
    with watched(browser, site, alice, color_scheme=theme, viewport=size) as watching:
        page = opened(watching, report)
        assert overflow_px(page) <= 0
        assert serious(page) == []
