"""The site in a process of its own, on the test's database and folders, so that it can be killed."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path

from django.conf import settings
from django.db import connection
from psycopg.conninfo import make_conninfo

from dashboard.settings.home import BASE_DIR

START_S = 60.0
HOST = "127.0.0.1"


@dataclass(slots=True)
class ServedSite:
    """uvicorn with the whole site; `home` becomes its LECTERN_HOME."""

    home: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}"

    def start(self) -> None:
        self.port = self.port or free_port()
        command = [
            sys.executable,
            "-m",
            "uvicorn",
            "dashboard.asgi:application",
            "--host",
            HOST,
            "--port",
            str(self.port),
        ]
        with (self.home / "web.log").open("ab") as log:
            self.process = subprocess.Popen(command, cwd=BASE_DIR, env=self._environment(), stdout=log, stderr=log)
        self._wait()

    def kill(self) -> None:
        """End the process as a power cut would."""
        if self.process is not None:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait()
            self.process = None

    def peak_memory_bytes(self) -> int:
        """Return the largest resident set that the process ever had (VmHWM, Linux)."""
        assert self.process is not None
        lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM"))

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "dashboard.settings.test",
            "LECTERN_HOME": str(self.home),
            "DATABASE_URL": database_conninfo(),
            "REDIS_URL": settings.REDIS_URL,
        }

    def _wait(self) -> None:
        deadline = time.monotonic() + START_S
        while time.monotonic() < deadline:
            try:
                probe = HTTPConnection(HOST, self.port, timeout=5)
                probe.request("OPTIONS", "/api/uploads/")
                probe.getresponse().read()
            except OSError:
                time.sleep(0.2)
            else:
                probe.close()
                return
        raise TimeoutError((self.home / "web.log").read_text())


def database_conninfo() -> str:
    """Return libpq's description of the test database."""
    names = ("dbname", "user", "password", "host", "port")
    parameters = connection.get_connection_params()
    return make_conninfo("", **{name: parameters[name] for name in names if parameters.get(name)})


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
