"""`manage.py up` as a person meets it: one command, real processes, a clean end."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboard.embedded import EmbeddedError, Services
from dashboard.embedded.places import CHECKOUT
from dashboard.embedded.site import free_port
from tests.dashboard.embedded.conftest import processes_naming

pytestmark = pytest.mark.slow
MANAGE = [sys.executable, "manage.py"]
READY_S = 120.0


SETTINGS = "dashboard.settings.dev"


def environment(home: Path) -> dict[str, str]:
    port = 20_000 + os.getpid() % 10_000
    return {**os.environ, "LECTERN_HOME": str(home), "LECTERN_PORT": str(port), "DJANGO_SETTINGS_MODULE": SETTINGS}


@pytest.fixture
def up(home: Path) -> Iterator[subprocess.Popen[str]]:
    command = [*MANAGE, "up", "--no-demo"]
    with subprocess.Popen(command, cwd=CHECKOUT, env=environment(home), stdout=subprocess.PIPE, text=True) as process:
        yield process
        process.kill()


def address(up: subprocess.Popen[str]) -> str:
    assert up.stdout is not None
    for line in up.stdout:
        found = re.search(r"Lectern is at (http://\S+)", line)
        if found:
            return found.group(1)
    raise AssertionError(f"up ended with {up.wait()}")


def wait_until_gone(home: Path) -> list[str]:
    deadline = time.monotonic() + 20
    while processes_naming(home) and time.monotonic() < deadline:
        time.sleep(0.1)
    return processes_naming(home)


def test_site_answers_second_start_is_refused_and_ctrl_c_ends_all_of_it(home: Path, up: subprocess.Popen[str]) -> None:
    with urllib.request.urlopen(f"{address(up)}/healthz", timeout=10) as answer:
        assert answer.status == 200
    logs = {path.name for path in (home / "logs").iterdir()}
    assert logs >= {"postgres.log", "valkey.log", "web.log", "worker-gpu.log", "worker-general.log", "beat.log"}

    second = subprocess.run([*MANAGE, "up"], cwd=CHECKOUT, env=environment(home), capture_output=True, text=True)
    assert second.returncode == 1
    assert f"process {up.pid}" in second.stderr

    up.send_signal(signal.SIGINT)
    assert up.wait(60) == 0
    assert processes_naming(home) == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_killed_start_leaves_nothing_running(home: Path, up: subprocess.Popen[str]) -> None:
    address(up)
    up.kill()
    up.wait()
    assert wait_until_gone(home) == []


def test_request_to_end_during_the_start_is_obeyed(home: Path, up: subprocess.Popen[str]) -> None:
    assert up.stdout is not None
    up.stdout.readline()
    up.terminate()
    assert up.wait(60) == 0
    assert processes_naming(home) == []


def test_site_runs_on_servers_named_by_url_and_starts_none(
    home: Path, services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    services.start()
    monkeypatch.setenv("DATABASE_URL", services.database_url)
    monkeypatch.setenv("REDIS_URL", services.redis_url)
    other = home.with_name("other")
    command = [*MANAGE, "up", "--no-demo"]
    with subprocess.Popen(command, cwd=CHECKOUT, env=environment(other), stdout=subprocess.PIPE, text=True) as process:
        with urllib.request.urlopen(f"{address(process)}/readyz", timeout=10) as answer:
            assert answer.status == 200
        assert not (other / "postgres").exists()
        assert not (other / "logs" / "valkey.log").exists()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
    assert processes_naming(other) == []


def test_port_that_is_no_number_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LECTERN_PORT", "http")
    with pytest.raises(EmbeddedError, match="LECTERN_PORT"):
        free_port()


def test_missing_recording_is_refused_before_anything_starts(home: Path) -> None:
    command = [*MANAGE, "up", "no-such-file.mp4"]
    done = subprocess.run(command, cwd=CHECKOUT, env=environment(home), capture_output=True, text=True)
    assert done.returncode == 1
    assert "no-such-file.mp4" in done.stderr


def test_command_runs_with_services_up_and_its_exit_code_is_passed_on(home: Path) -> None:
    script = "import sys, django; django.setup()\nfrom django.db import connection\n"
    script += "connection.ensure_connection()\nsys.exit(7)"
    command = [*MANAGE, "services", "exec", "--", sys.executable, "-c", script]
    done = subprocess.run(command, cwd=CHECKOUT, env=environment(home), capture_output=True, text=True)
    assert done.returncode == 7, done.stderr
    assert processes_naming(home) == []


def test_taken_port_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("LECTERN_PORT", str(port))
        assert port < free_port() <= port + 50
