"""A home of its own for each test, stopped whatever happens."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from dashboard.embedded import Services


@pytest.fixture(autouse=True)
def no_given_urls(monkeypatch: pytest.MonkeyPatch) -> None:
    """Test the embedded services themselves, also where the suite runs on servers of its own."""
    for name in ("DATABASE_URL", "DATABASE_URL_FILE", "REDIS_URL", "REDIS_URL_FILE"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def home() -> Iterator[Path]:
    """A short path: pytest's own temporary folders are near the limit of a socket's path."""
    folder = Path(tempfile.mkdtemp(prefix="lt-"))
    yield folder / "home"
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def services(home: Path) -> Iterator[Services]:
    made = Services(home)
    yield made
    made.stop()


def processes_naming(home: Path) -> list[str]:
    """Command lines of live processes that have a home in their command, folder or environment."""
    found = []
    for process in psutil.process_iter(["pid", "cmdline", "cwd", "status", "environ"]):
        words = " ".join(process.info["cmdline"] or [])
        named = f"{words} {process.info['cwd']} {(process.info['environ'] or {}).get('LECTERN_HOME')}"
        if str(home) in named and process.info["status"] != psutil.STATUS_ZOMBIE:
            found.append(f"{process.info['pid']} {words}")
    return found
