"""The embedded services of one home, started by one process and used by any number."""

from __future__ import annotations

import time
from pathlib import Path
from types import TracebackType
from typing import Self

from dashboard.embedded import postgres, valkey
from dashboard.embedded.errors import AlreadyRunningError, StartFailedError
from dashboard.embedded.lock import FileLock
from dashboard.embedded.places import Places, home
from dashboard.embedded.postgres import Postgres
from dashboard.embedded.supervisor import Report, Supervisor
from dashboard.embedded.urls import service_urls
from dashboard.embedded.valkey import Valkey

READY_TIMEOUT_S = 90.0


def _silent(message: str) -> None:
    """Say nothing: the log files have it all."""


class Services:
    """Postgres and Valkey of one home, less those that DATABASE_URL and REDIS_URL name."""

    def __init__(self, folder: Path | None = None, *, report: Report = _silent) -> None:
        self.places = Places((folder or home()).resolve())
        self._urls = service_urls(self.places.home)
        self._owner = FileLock(self.places.home / "services.lock")
        self._guests = FileLock(self.places.home / "guests.lock")
        self._report = report
        self._postgres: Postgres | None = None
        self._supervisor: Supervisor | None = None

    @property
    def database_url(self) -> str:
        """The database's URL, embedded or not."""
        return self._urls.database

    @property
    def redis_url(self) -> str:
        """The broker's URL, embedded or not."""
        return self._urls.redis

    @property
    def is_owner(self) -> bool:
        """Whether this object started the services and will stop them."""
        return self._owner.is_held

    @property
    def processes(self) -> dict[str, int | None]:
        """The process numbers of the services that this object runs."""
        children = self._supervisor.children if self._supervisor else []
        return {child.program.name: child.pid for child in children}

    def start(self) -> None:
        """Start what no URL names and wait until it answers. Raises AlreadyRunningError for a second start."""
        if not self._try_start():
            raise AlreadyRunningError(
                f"Lectern already runs in {self.places.home}: {self._owner.holder()}. "
                f"Use that one, stop it, or set LECTERN_HOME to another folder."
            )

    def ensure_running(self) -> None:
        """Use the services that another process runs, or start them; `stop` then does what is right in either case."""
        deadline = time.monotonic() + READY_TIMEOUT_S
        while not self._try_start() and not self._join():
            if time.monotonic() > deadline:
                raise StartFailedError(f"{self._owner.holder()} runs the services, but they do not answer.")
            time.sleep(0.1)

    def stop(self, *, wait_for_guests: bool = False) -> None:
        """Stop what this object started, if it wants after the last process that uses it has finished."""
        self._guests.release()
        if self.is_owner and wait_for_guests:
            self._wait_for_guests()
        if self._supervisor is not None:
            self._supervisor.stop()
        if self._postgres is not None:
            self._postgres.close()
        self._supervisor = self._postgres = None
        self._guests.release()
        self._owner.release()

    def _wait_for_guests(self) -> None:
        if not self._guests.try_acquire():
            self._report("Other commands still use the services; stopping them afterwards.")
            self._guests.acquire()

    def __enter__(self) -> Self:
        self.ensure_running()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop(wait_for_guests=True)

    def _try_start(self) -> bool:
        """Start as the owner; False when another process is the owner."""
        if not (self._urls.is_database_embedded or self._urls.is_redis_embedded):
            return True
        self.places.create()
        if not self._owner.try_acquire():
            return False
        try:
            self._run()
        except BaseException:
            self.stop()
            raise
        return True

    def _run(self) -> None:
        self._postgres = Postgres(self.places) if self._urls.is_database_embedded else None
        broker = Valkey(self.places) if self._urls.is_redis_embedded else None
        chosen = [service for service in (self._postgres, broker) if service is not None]
        for service in chosen:
            service.prepare()
        self._supervisor = Supervisor([each.program() for each in chosen], places=self.places, report=self._report)
        self._supervisor.start()
        for child in self._supervisor.children:
            self._supervisor.wait_ready(child.program.name, timeout_s=READY_TIMEOUT_S)
        if self._postgres is not None:
            self._postgres.create_database()

    def _join(self) -> bool:
        """Become a guest of a running owner; False while its services do not answer."""
        if not self._answer():
            return False
        self._guests.share()
        if self._answer():
            return True
        # The owner stopped between the question and the lock.
        self._guests.release()
        return False

    def _answer(self) -> bool:
        if self._urls.is_database_embedded and not postgres.answers(self._urls.database):
            return False
        return not self._urls.is_redis_embedded or valkey.answers(str(self.places.valkey_socket))
