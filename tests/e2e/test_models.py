"""The page of models in the browser: readable in both themes, and never wider than a phone."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, expect

from courses.models import Institution, User
from tests.e2e.conftest import Site, watched
from tests.e2e.test_report import overflow_px, serious


@pytest.fixture
def root(institution: Institution) -> User:
    return User.objects.create_superuser("root@example.org", "correct horse", name="Root")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_serious_accessibility_violation(browser: Browser, site: Site, root: User, theme: str) -> None:
    User.objects.filter(pk=root.pk).update(theme=theme)
    with watched(browser, site, root, color_scheme=theme) as watching:
        assert serious(watching.open("/models/")) == []


@pytest.mark.parametrize(("width_px", "scrolls"), [(390, True), (1440, False)])
def test_tables_scroll_inside_their_cards(
    browser: Browser, site: Site, root: User, width_px: int, scrolls: bool
) -> None:
    with watched(browser, site, root, viewport={"width": width_px, "height": 800}) as watching:
        page = watching.open("/models/")
        assert overflow_px(page) <= 0
        table = page.locator("details[open] .bench-table").first
        assert table.evaluate("box => box.scrollWidth > box.clientWidth") is scrolls


def test_navigation_leads_to_the_page(browser: Browser, site: Site, root: User) -> None:
    with watched(browser, site, root) as watching:
        page = watching.open("/")
        page.get_by_role("link", name="Models").click()
        expect(page.get_by_role("heading", name="Models", exact=True)).to_be_visible()
        expect(page.get_by_role("link", name="Models")).to_have_attribute("aria-current", "page")
