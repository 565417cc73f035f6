"""A report in the browser: charts and recording move together, by mouse and by keyboard, in both themes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from courses.models import Course, Lecture, User
from tests import factories
from tests.e2e.conftest import Site, Watched, watched
from tests.report_data import Plan, analysed

FILM_S = 64.0
SERIOUS = {"serious", "critical"}


@pytest.fixture
def report(lecture: Lecture, film: Path) -> Lecture:
    """A finished report of twelve people over a recording that plays."""
    students = factories.enroll(lecture.course, count=3)
    factories.recording_of(film, lecture, duration_s=600)
    lecture.refresh_from_db()
    analysed(Lecture.objects.get(pk=lecture.pk), Plan(n_people=12, gaps=((300, 360),), students=tuple(students)))
    return lecture


@pytest.fixture
def page(alice_page: Watched, report: Lecture) -> Iterator[Page]:
    yield opened(alice_page, report)


def opened(watching: Watched, report: Lecture, query: str = "") -> Page:
    found = watching.open(f"/lectures/{report.pk}/{query}")
    expect(found.locator("#chart-students-wrap [data-drawn]")).to_be_visible()
    found.wait_for_function("document.querySelector('video').readyState >= 1")
    return found


def now_s(page: Page) -> float:
    return float(page.evaluate("document.querySelector('video').currentTime"))


def is_playing(page: Page) -> bool:
    return bool(page.evaluate("!document.querySelector('video').paused"))


def click_at(page: Page, chart: str, share: float, *, down: float = 0.4) -> None:
    """Click on a chart at a share of its time axis."""
    page.locator(f"#chart-{chart}-wrap").scroll_into_view_if_needed()
    area = page.locator(f"#chart-{chart}-wrap .nsewdrag").first.bounding_box()
    assert area
    page.mouse.move(area["x"] + share * area["width"], area["y"] + down * area["height"])
    page.wait_for_timeout(150)
    page.mouse.click(area["x"] + share * area["width"], area["y"] + down * area["height"])


def test_a_click_on_the_timeline_plays_five_seconds_before_the_segment(page: Page) -> None:
    click_at(page, "concentration", 45 / 600)
    page.wait_for_function("document.querySelector('video').currentTime >= 25")
    assert 25 <= now_s(page) < 30
    assert is_playing(page)
    assert page.url.endswith("?t=30")
    expect(page.locator("#live")).to_have_text("Moved to 0 minutes 30 seconds")


def test_a_click_on_the_mix_plays_too(page: Page) -> None:
    click_at(page, "mix", 45 / 600)
    page.wait_for_function("document.querySelector('video').currentTime >= 25")


def test_a_click_on_a_cell_plays_its_exact_start(page: Page) -> None:
    click_at(page, "students", 45 / 600, down=0.12)
    page.wait_for_function("document.querySelector('video').currentTime >= 30")
    assert page.url.endswith("?t=30")


def test_the_playhead_follows_the_recording(page: Page) -> None:
    page.locator("[data-seek]").first.click()
    heads = page.locator("[data-playhead]:not([hidden])")
    expect(heads).to_have_count(6)


def test_arrows_move_enter_plays_and_the_value_is_spoken(page: Page) -> None:
    chart = page.locator("#chart-concentration-wrap [data-plot]")
    chart.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#live")).to_have_text(re.compile(r"^1:00–1:30: concentration \d+ \(\d+–\d+\), 12 people$"))
    expect(chart).to_have_attribute("aria-valuetext", "1:00–1:30")
    page.keyboard.press("Enter")
    page.wait_for_function("document.querySelector('video').currentTime >= 55")


def test_arrows_reach_every_person_of_the_heatmap(page: Page) -> None:
    page.locator("#chart-students-wrap [data-plot]").focus()
    page.keyboard.press("ArrowDown")
    name = page.locator("[data-person]").nth(1).inner_text().strip()
    expect(page.locator("#live")).to_have_text(re.compile(f"^{name}, 0:00–0:30: "))


def test_the_address_opens_at_its_moment(alice_page: Watched, report: Lecture) -> None:
    page = opened(alice_page, report, "?t=40")
    page.wait_for_function("document.querySelector('video').currentTime >= 40")
    assert not is_playing(page)


def test_table_shows_the_numbers_of_its_chart(page: Page) -> None:
    for key in ("concentration", "mix", "mood", "students"):
        page.locator(f"[data-table-toggle='chart-{key}']").click()
        expect(page.locator(f"#chart-{key}-table tbody tr").first).to_be_visible()
    assert page.locator("#chart-students-table tbody tr").count() == 12


def test_theme_changes_charts_and_page_without_a_reload(page: Page, alice: User) -> None:
    page.evaluate("window.hasNotReloaded = true")
    line = page.locator("#chart-concentration-wrap .scatterlayer .js-line").last
    page.get_by_role("button", name="light", exact=True).click()
    expect(line).to_have_css("stroke", "rgb(16, 144, 249)")
    page.get_by_role("button", name="dark", exact=True).click()
    expect(line).to_have_css("stroke", "rgb(192, 210, 246)")
    expect(page.locator("html")).to_have_attribute("data-theme", "dark")
    assert page.evaluate("window.hasNotReloaded") is True
    page.wait_for_timeout(300)
    alice.refresh_from_db()
    assert alice.theme == "dark"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_accessibility_violation(
    browser: Browser, site: Site, alice: User, report: Lecture, course: Course, theme: str
) -> None:
    User.objects.filter(pk=alice.pk).update(theme=theme)
    with watched(browser, site, alice, color_scheme=theme) as watching:
        opened(watching, report)
        violations = {"report": serious(watching.page)}
        for path in ("/", "/courses/", f"/courses/{course.slug}/", f"/courses/{course.slug}/roster/"):
            violations[path] = serious(watching.open(path))
        violations["upload"] = serious(watching.open(f"/courses/{course.slug}/lectures/new/"))
    with watched(browser, site, None, color_scheme=theme) as watching:
        violations["login"] = serious(watching.open("/accounts/login/"))
    assert {name: found for name, found in violations.items() if found} == {}


def serious(page: Page) -> list[str]:
    found: list[dict[str, Any]] = Axe().run(page).response["violations"]
    return [
        f"{item['id']}: {node['target']} {node['failureSummary']}"
        for item in found
        if item["impact"] in SERIOUS
        for node in item["nodes"]
    ]


@pytest.mark.parametrize("width_px", [390, 768])
def test_nothing_scrolls_sideways(
    browser: Browser, site: Site, alice: User, report: Lecture, course: Course, width_px: int
) -> None:
    with watched(browser, site, alice, viewport={"width": width_px, "height": 800}) as watching:
        opened(watching, report)
        assert overflow_px(watching.page) <= 0
        for path in ("/", "/courses/", f"/courses/{course.slug}/", f"/courses/{course.slug}/lectures/new/"):
            assert overflow_px(watching.open(path)) <= 0, path


def overflow_px(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


def test_navigation_opens_on_a_phone(browser: Browser, site: Site, alice: User) -> None:
    with watched(browser, site, alice, viewport={"width": 390, "height": 800}) as watching:
        page = watching.open("/")
        expect(page.get_by_role("link", name="Courses")).to_be_hidden()
        page.get_by_role("button", name="Menu").click()
        page.get_by_role("link", name="Courses").click()
        expect(page.get_by_role("heading", name="Courses", exact=True)).to_be_visible()


def test_keyboard_alone_reaches_the_content(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
