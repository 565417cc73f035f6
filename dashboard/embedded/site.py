"""The programs of the site: web, workers and beat, and how each is asked whether it is ready."""

from __future__ import annotations

import http
import http.client
import os
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from dashboard.embedded.child import Program
from dashboard.embedded.errors import EmbeddedError
from dashboard.embedded.places import CHECKOUT, Places

HOST = "127.0.0.1"
FIRST_PORT = 8000
PORTS_TRIED = 50
LAST_PORT = 65_000
# A worker gets a moment to finish, then hands its task back; the run goes on from its last stored part later.
WORKER_STOPS = ((signal.SIGTERM, 3.0), (signal.SIGQUIT, 7.0))
WORKERS = {"gpu": ("gpu", 1), "general": ("cpu,io", 1)}

Ping = Callable[[str], bool]


def free_port() -> int:
    """Return LECTERN_PORT or 8000, or the next port that nobody listens on."""
    first = _first_port()
    for port in range(first, first + PORTS_TRIED):
        if _is_free(port):
            return port
    raise EmbeddedError(
        f"All ports from {first} to {first + PORTS_TRIED - 1} are taken. Set LECTERN_PORT to a free one."
    )


def programs(places: Places, *, port: int, ping: Ping) -> list[Program]:
    """Return every program of the site, in the order in which they are listed to people."""
    environment = {"LECTERN_HOME": str(places.home), "PYTHONUNBUFFERED": "1"}
    workers = [_worker(name, environment, ping) for name in WORKERS]
    return [_web(port, environment), *workers, _beat(places, environment)]


def _web(port: int, environment: dict[str, str]) -> Program:
    options = ("--host", HOST, "--port", str(port), "--timeout-graceful-shutdown", "3", "--no-access-log")
    return Program(
        name="web",
        command=(sys.executable, "-m", "uvicorn", "dashboard.asgi:application", *options),
        is_ready=lambda: _answers(port),
        folder=CHECKOUT,
        environment=environment,
    )


def _worker(name: str, environment: dict[str, str], ping: Ping) -> Program:
    queues, processes = WORKERS[name]
    node = f"{name}@lectern"
    options = ("-Q", queues, "-c", str(processes), "-n", node, "-l", "INFO", "--without-gossip", "--without-mingle")
    return Program(
        name=f"worker-{name}",
        command=(sys.executable, "-m", "celery", "-A", "dashboard", "worker", *options),
        is_ready=lambda: ping(node),
        stops=WORKER_STOPS,
        # A worker whose broker goes at the same moment can hang in its own shutdown; its run goes on at the next start.
        orphan_signal=signal.SIGKILL,
        folder=CHECKOUT,
        environment=environment,
    )


def _beat(places: Places, environment: dict[str, str]) -> Program:
    log = places.logs / "beat.log"
    return Program(
        name="beat",
        command=(sys.executable, "-m", "celery", "-A", "dashboard", "beat", "-l", "INFO", "--pidfile="),
        is_ready=lambda: _says_it_started(log),
        folder=CHECKOUT,
        environment=environment,
    )


def _first_port() -> int:
    text = os.environ.get("LECTERN_PORT") or str(FIRST_PORT)
    if text.isdigit() and 0 < int(text) <= LAST_PORT:
        return int(text)
    raise EmbeddedError(f"LECTERN_PORT must be a number from 1 to {LAST_PORT}, not {text!r}.")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection(HOST, port, timeout=5)
    with suppress(OSError, http.client.HTTPException):
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    return False


def _says_it_started(log: Path) -> bool:
    """Look into beat's log: beat listens to nobody, so it cannot be asked."""
    return log.exists() and b"beat: Starting" in log.read_bytes()
