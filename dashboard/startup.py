"""The one-command start, step by step, each step told to the person who waits for it."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from django.core.management import call_command
from django.utils.translation import gettext as _
from kombu.exceptions import KombuError, OperationalError
from rich.console import Console

from dashboard.celery import app
from dashboard.demo import run_demo
from dashboard.demo.logins import Login, read_logins, table_of
from dashboard.embedded import AlreadyRunningError, Services, home
from dashboard.embedded.lock import FileLock
from dashboard.embedded.places import Places
from dashboard.embedded.signals import wait_for_stop
from dashboard.embedded.site import HOST, free_port, programs
from dashboard.embedded.supervisor import Supervisor

LOGINS_FILE = "demo-logins.json"
SITE_READY_S = 120.0
PING_TIMEOUT_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Startup:
    """What a person asked for."""

    console: Console
    lecture: Path | None
    has_demo: bool

    def run(self) -> None:
        """Start everything and wait; whatever ends the waiting, stop everything in the reverse order."""
        places = Places(home())
        with ExitStack() as stack:
            self._claim(stack, places)
            self._start_services(stack)
            with self._step(_("Bringing the database up to date")):
                call_command("migrate", interactive=False, verbosity=0)
            address = self._start_site(stack, places)
            self._tell(address, places, self._prepare(address))
            wait_for_stop()

    def _claim(self, stack: ExitStack, places: Places) -> None:
        """Refuse a second start in the same folder."""
        places.create()
        lock = FileLock(places.home / "up.lock")
        if not lock.try_acquire():
            raise AlreadyRunningError(
                f"Lectern already runs in {places.home}: {lock.holder()}. "
                f"Use that one, stop it, or set LECTERN_HOME to another folder."
            )
        stack.callback(lock.release)

    def _start_services(self, stack: ExitStack) -> None:
        services = Services(report=self._report)
        stack.callback(services.stop)
        with self._step(_("Starting Postgres and Valkey")):
            services.start()

    def _start_site(self, stack: ExitStack, places: Places) -> str:
        port = free_port()
        site = Supervisor(programs(places, port=port, ping=worker_answers), places=places, report=self._report)
        stack.callback(self._stop_site, site)
        with self._step(_("Starting web, workers and beat")):
            site.start()
            for child in site.children:
                site.wait_ready(child.program.name, timeout_s=SITE_READY_S)
        return f"http://{HOST}:{port}"

    def _stop_site(self, site: Supervisor) -> None:
        self.console.print(_("Stopping Lectern"))
        site.stop()

    def _prepare(self, address: str) -> list[Login]:
        """Prepare the demo and analyse the given recording. A failure is told; the site stays up."""
        if not (self.has_demo or self.lecture):
            return []
        self.console.print(_("The site answers at {address}; preparing the demo").format(address=address))
        try:
            return run_demo(base_url=address, lecture=self.lecture, console=self.console)
        except Exception as error:  # noqa: BLE001 - a demo that fails must not take the site down
            self.console.print(_("The demo is not complete: {error}").format(error=error), style="red", markup=False)
            return list(read_logins(home() / LOGINS_FILE).values())

    def _tell(self, address: str, places: Places, logins: list[Login]) -> None:
        self.console.print()
        self.console.print(_("Lectern is at {address}").format(address=address), style="bold")
        if logins:
            self.console.print(table_of(logins))
        self.console.print(_("Log files: {folder}   Ctrl-C stops everything.").format(folder=places.logs))

    def _report(self, message: str) -> None:
        self.console.print(message, style="yellow", markup=False)

    @contextmanager
    def _step(self, title: str) -> Iterator[None]:
        began = time.monotonic()
        with self.console.status(title):
            if not self.console.is_terminal:
                self.console.print(f"{title} ...")
            yield
        self.console.print(f"{title}: {time.monotonic() - began:.1f} s")


def worker_answers(node: str) -> bool:
    """Ask a worker by its name whether it is there."""
    with suppress(KombuError, OperationalError, OSError):
        return bool(app.control.ping(destination=[node], timeout=PING_TIMEOUT_S))
    return False
