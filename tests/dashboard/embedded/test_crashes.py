"""What happens when a service, or the process that supervises it, dies."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import psycopg
import pytest
import redis

from dashboard.embedded import Services, StartFailedError
from dashboard.embedded.child import Program
from dashboard.embedded.places import CHECKOUT, Places
from dashboard.embedded.supervisor import Supervisor, backoff_s
from tests.dashboard.embedded.conftest import processes_naming

WAIT_S = 20.0
OWNER = """
import sys, time
from pathlib import Path
from dashboard.embedded import Services, StartFailedError
from dashboard.embedded.child import Program
services = Services(Path(sys.argv[1]))
services.start()
print("ready", flush=True)
time.sleep(600)
"""


def eventually(check: Callable[[], object]) -> bool:
    deadline = time.monotonic() + WAIT_S
    while time.monotonic() < deadline:
        if check():
            return True
        time.sleep(0.05)
    return False


def answers(services: Services) -> bool:
    try:
        psycopg.connect(services.database_url, connect_timeout=2).close()
        return bool(redis.Redis.from_url(services.redis_url).ping())
    except (psycopg.OperationalError, redis.RedisError):
        return False


def has_ended(process: psutil.Process) -> bool:
    """Say whether it has ended; where nobody collects orphans, it stays in the table as a zombie."""
    return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE


@pytest.mark.parametrize("name", ["postgres", "valkey"])
def test_killed_service_is_started_again_with_its_data(services: Services, name: str) -> None:
    services.start()
    with psycopg.connect(services.database_url) as connection:
        connection.execute("create table kept as select 7 as value")
    first = services.processes[name]
    assert first is not None
    os.kill(first, signal.SIGKILL)

    assert eventually(lambda: services.processes[name] not in {None, first} and answers(services))
    with psycopg.connect(services.database_url) as connection:
        assert connection.execute("select value from kept").fetchone() == (7,)


def test_program_that_cannot_be_run_is_named_with_its_problem(home: Path) -> None:
    places = Places(home)
    places.create()
    program = Program(name="ghost", command=("/no/such/program",), is_ready=lambda: False)
    reports: list[str] = []
    supervisor = Supervisor([program], places=places, report=reports.append)
    supervisor.start()
    with pytest.raises(StartFailedError, match="ghost could not be started"):
        supervisor.wait_ready("ghost", timeout_s=0.3)
    supervisor.stop()
    assert "starting it again in 0.5 s" in reports[0]


def test_program_that_ends_at_once_is_given_up_with_the_end_of_its_log(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("dashboard.embedded.supervisor.FIRST_DELAY_S", 0.01)
    places = Places(home)
    places.create()
    program = Program(name="brief", command=("sh", "-c", "echo why it ended; exit 3"), is_ready=lambda: False)
    supervisor = Supervisor([program], places=places, report=lambda message: None)
    supervisor.start()
    with pytest.raises(StartFailedError, match=r"(?s)brief ended with code 3.*why it ended"):
        supervisor.wait_ready("brief", timeout_s=30)
    supervisor.stop()


def test_what_a_killed_program_started_ends_with_it(home: Path) -> None:
    places = Places(home)
    places.create()
    script = f"sleep 600 & echo $! > {home}/child; wait"
    program = Program(name="parent", command=("sh", "-c", script), is_ready=lambda: (home / "child").exists())
    supervisor = Supervisor([program], places=places, report=lambda message: None)
    supervisor.start()
    supervisor.wait_ready("parent", timeout_s=10)
    assert eventually(lambda: (home / "child").read_text())
    child = psutil.Process(int((home / "child").read_text()))
    os.kill(supervisor.children[0].pid or 0, signal.SIGKILL)
    assert eventually(lambda: has_ended(child))
    supervisor.stop()


def test_delay_before_a_restart_doubles_up_to_half_a_minute() -> None:
    assert [backoff_s(crashes) for crashes in (1, 2, 3, 10)] == [0.5, 1.0, 2.0, 30.0]


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_killed_owner_leaves_no_process_and_a_next_start_works(home: Path, services: Services) -> None:
    with subprocess.Popen([sys.executable, "-c", OWNER, str(home)], stdout=subprocess.PIPE, cwd=CHECKOUT) as owner:
        assert owner.stdout is not None
        assert owner.stdout.readline() == b"ready\n"
        owner.kill()
        owner.wait()
    assert eventually(lambda: not processes_naming(home))
    services.start()
    assert answers(services)


def test_stale_lock_that_names_a_live_stranger_does_not_stop_a_start(services: Services, home: Path) -> None:
    services.start()
    services.stop()
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        lock = home / "postgres" / "postmaster.pid"
        lock.write_text(f"{stranger.pid}\n{home / 'postgres'}\n", encoding="ascii")
        services.start()
        assert answers(services)
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_remembered_number_that_now_belongs_to_a_stranger_is_left_alone(services: Services, home: Path) -> None:
    Places(home).create()
    stranger = subprocess.Popen(["sleep", "60"])
    try:
        (home / "pids" / "valkey").write_text(f"{stranger.pid} 1\n", encoding="ascii")
        services.start()
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def test_server_that_nobody_supervises_is_stopped_before_the_next_start(services: Services, home: Path) -> None:
    services.start()
    left = services.processes
    services._supervisor = services._postgres = None  # the owner forgets its children, as one killed on macOS would
    services.stop()
    again = Services(home)
    again.start()
    try:
        assert answers(again)
        assert set(again.processes.values()).isdisjoint(left.values())
    finally:
        again.stop()
