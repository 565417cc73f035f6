"""Real workers and a real broker of their own, to be killed at will."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
import redis
from celery import Task
from django.conf import settings
from django.db import connection
from kombu import Connection

from dashboard.embedded.binaries import valkey_program
from dashboard.settings.home import BASE_DIR
from inference.tasks import analyze_run, join_run

PATIENCE_S = 180.0


def wait_for(condition: Callable[[], bool], what: str, *, log: Path | None = None) -> None:
    """Wait until the condition holds."""
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        if time.monotonic() > deadline:
            said = log.read_text()[-4000:] if log and log.exists() else ""
            pytest.fail(f"waited in vain for {what}\n{said}")
        time.sleep(0.05)


class Broker:
    """A Valkey on a port of its own, which can be taken away and brought back."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.url = f"redis://127.0.0.1:{self.port}/0"
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        command = [str(valkey_program()), "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self._folder)]
        self._process = subprocess.Popen([*command, "--appendonly", "yes"], stdout=subprocess.DEVNULL)
        wait_for(self._answers, "the broker")

    def stop(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait(30)
            self._process = None

    def waiting(self) -> int:
        """Return the number of messages in the queue of runs."""
        with redis.Redis(port=self.port) as client:
            return int(client.llen("gpu"))

    def send(self, run_id: int) -> None:
        self._send(analyze_run, run_id)

    def send_join(self, run_id: int) -> None:
        """Ask a worker to join in."""
        self._send(join_run, run_id)

    def _send(self, task: Task[Any, Any], run_id: int) -> None:
        with Connection(self.url) as address:
            task.signature((run_id,)).apply_async(connection=address)

    def _answers(self) -> bool:
        with redis.Redis(port=self.port) as client, contextlib.suppress(redis.RedisError):
            return bool(client.ping())
        return False


class Worker:
    """`celery worker` with its beat, as a process group of its own; ``environment`` adds to the usual settings."""

    def __init__(
        self, broker: Broker, log: Path, *, processes: int = 1, environment: Mapping[str, str] | None = None
    ) -> None:
        self.log = log
        # A killed process may take a moment to be gone; as in production, beat then finds the run that it held.
        beat = ["-B", "-s", str(log.with_suffix(".schedule"))]
        command = [sys.executable, "-m", "celery", "-A", "dashboard", "worker", "-Q", "gpu,cpu,io", *beat]
        with log.open("ab") as output:
            self._process = subprocess.Popen(
                [*command, "-c", str(processes), "-l", "INFO", "--without-gossip", "--without-mingle"],
                cwd=BASE_DIR, env=_environment(broker) | dict(environment or {}), stdout=output, stderr=output,
                start_new_session=True,
            )  # fmt: skip

    def kill(self) -> None:
        """Take the power away: no signal handler runs."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait(30)

    def stop(self) -> int:
        """Ask for a warm shutdown; return the seconds that it took."""
        start_s = time.monotonic()
        self._process.send_signal(signal.SIGTERM)
        self._process.wait(60)
        return int(time.monotonic() - start_s)


@contextlib.contextmanager
def worker(
    broker: Broker, log: Path, *, processes: int = 1, environment: Mapping[str, str] | None = None
) -> Iterator[Worker]:
    """Run a worker for as long as the block lasts."""
    made = Worker(broker, log, processes=processes, environment=environment)
    try:
        yield made
    finally:
        made.kill()


def cut_database_connections() -> None:
    """End every other connection to the test's database, as a restart of the server would."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            [connection.settings_dict["NAME"]],
        )


def _environment(broker: Broker) -> dict[str, str]:
    return {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "tests.inference.worker_settings",
        "DATABASE_URL": _database_url(),
        "REDIS_URL": broker.url,
        "LECTERN_TEST_MEDIA": str(settings.MEDIA_ROOT),
        "LECTERN_RUN_LEASE_S": "4",
    }


def _database_url() -> str:
    facts = connection.settings_dict
    names = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    given = {key: str(facts[name]) for key, name in names.items() if facts[name]}
    return f"postgresql:///?{urlencode(given)}"
