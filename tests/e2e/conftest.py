"""A real site, a real worker and a real browser over one test database."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.parse import quote

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright

from courses.models import User
from dashboard.demo.film import build_film, clips_folder
from setup.browser import has_atomic

ROOT = Path(__file__).resolve().parents[2]
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking"]
READY_S = 60.0
FILM_S = 64.0
# Chromium says this of any request that is refused, or cut off, on purpose.
EXPECTED = (
    "Failed to load resource: the server responded with a status of 4",
    "Failed to load resource: net::ERR_INTERNET_DISCONNECTED",
)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives the browser, and let it reach committed rows, before pytest-django sorts by that mark."""
    for item in items:
        if Path(item.path).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.django_db(transaction=True))


class Site:
    """The address of a running site, and where its folders are."""

    def __init__(self, url: str, home: Path) -> None:
        self.url = url
        self.home = home


@pytest.fixture(scope="session")
def chromium() -> str:
    """Return Chromium's path, or skip with a plain reason."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        pytest.skip("Chromium is not installed: apt-get install chromium (make test tries to)")
    if not has_atomic():
        pytest.skip("libatomic is not installed: apt-get install libatomic1 (make test tries to)")
    return found


@pytest.fixture(scope="package")
def browser(chromium: str) -> Iterator[Browser]:
    """Run Chromium until the last test of this folder; Playwright's event loop would disturb asynchronous tests."""
    # Beside a running event loop Django refuses the ORM.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield launched
        launched.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def site(django_db_setup: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Run the web server on the test database."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    home = tmp_path_factory.mktemp("site")
    command = ["-m", "uvicorn", "dashboard.asgi:application", "--port", str(port), "--no-access-log"]
    with running(command, home):
        wait_for(f"http://127.0.0.1:{port}/readyz")
        yield Site(f"http://127.0.0.1:{port}", home)


@pytest.fixture
def worker(site: Site) -> Iterator[None]:
    """Run the worker that analyses."""
    options = ["-Q", "gpu,cpu,io", "-c", "1", "-l", "WARNING", "--without-gossip", "--without-mingle"]
    with running(["-m", "celery", "-A", "dashboard", "worker", *options], site.home):
        yield


@pytest.fixture(autouse=True)
def folders_of_the_site(own_folders: None, settings: object, site: Site) -> None:
    """Let rows made here point to files that the site finds."""
    settings.MEDIA_ROOT = site.home / "media"  # type: ignore[attr-defined]


@contextmanager
def running(arguments: list[str], home: Path) -> Iterator[None]:
    """Run one of the site's programs on the test database and a broker database of its own."""
    with (home / "log.txt").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=environment(home), stdout=log, stderr=subprocess.STDOUT
        )
        try:
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=30)


def environment(home: Path) -> dict[str, str]:
    facts = connection.settings_dict
    host = quote(str(facts["HOST"]), safe="")
    login = f"{facts['USER']}:{facts['PASSWORD']}" if facts["PASSWORD"] else str(facts["USER"])
    query = f"host={host}" + (f"&port={facts['PORT']}" if facts["PORT"] else "")
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "dashboard.settings.test",
        "DATABASE_URL": f"postgresql://{login}@/{facts['NAME']}?{query}",
        "REDIS_URL": other_redis_database(settings.REDIS_URL),
        "LECTERN_HOME": str(home),
        "LECTERN_DEVICE": "cpu",
    }


def other_redis_database(url: str) -> str:
    """Return the URL of a broker database that no other test uses."""
    number = 8 + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 8
    if url.startswith("unix:"):
        return f"{url.partition('?')[0]}?db={number}"
    return f"{url.rsplit('/', 1)[0]}/{number}"


def wait_for(url: str) -> None:
    deadline = time.monotonic() + READY_S
    while time.monotonic() < deadline:
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.2)
    pytest.fail(f"{url} did not answer within {READY_S:.0f} s")


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a real recording of nine faces in a gallery."""
    if not clips_folder().is_dir():
        pytest.skip("the third-party clips are not there: make setup fetches them")
    path = tmp_path_factory.mktemp("film") / "Week 1.mp4"
    build_film(path, duration_s=FILM_S, tell=lambda _done_s, _total_s: None)
    return path


class Watched:
    """A page, and everything that its console complained about."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        self.url = url
        self.complaints: list[str] = []
        page.on("console", self._hear)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _hear(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not message.text.startswith(EXPECTED):
            self.complaints.append(message.text)

    def open(self, path: str) -> Page:
        self.page.goto(f"{self.url}{path}")
        return self.page


@contextmanager
def watched(browser: Browser, site: Site, user: User | None, **options: object) -> Iterator[Watched]:
    """Open a page as `user`; at the end its console must have stayed silent."""
    context: BrowserContext = browser.new_context(**{"viewport": {"width": 1440, "height": 900}, **options})  # type: ignore[arg-type]
    context.set_default_timeout(20_000)
    if user:
        context.add_cookies([{"name": "sessionid", "value": session_of(user), "url": site.url}])
    found = Watched(context.new_page(), site.url)
    yield found
    context.close()
    assert found.complaints == []


def session_of(user: User) -> str:
    client = Client()
    client.force_login(user)
    return client.cookies["sessionid"].value


@pytest.fixture
def alice_page(browser: Browser, site: Site, alice: User) -> Iterator[Watched]:
    with watched(browser, site, alice) as page:
        yield page
