"""Tells a process from a later one with the same number, and ends what a killed start left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

from dashboard.embedded.errors import EmbeddedError

PROC = Path("/proc")


def started(pid: int) -> str | None:
    """Return when process `pid` was started, as the system writes it, or None when there is no such live process."""
    return _started_proc(pid) if PROC.joinpath("self", "stat").exists() else _started_ps(pid)


def works_in(pid: int, folder: Path) -> bool:
    """Say whether process `pid` has `folder` as its working folder, as a Postgres server has its cluster."""
    if not PROC.joinpath("self", "stat").exists():
        return str(folder) in _ps(pid, "args=")
    try:
        return (PROC / str(pid) / "cwd").samefile(folder)
    except OSError:
        return False


def remember(path: Path, pid: int) -> None:
    """Write down a process so that `end_leftover` knows it again."""
    path.write_text(f"{pid} {started(pid)}\n", encoding="ascii")


def end_leftover(path: Path, *, stop_signal: signal.Signals, grace_s: float) -> None:
    """End the process that `path` remembers if it, and not another one with its number, is still there."""
    try:
        pid_text, when = path.read_text(encoding="ascii").strip().split(" ", 1)
    except (OSError, ValueError):
        return
    end(int(pid_text), when, stop_signal=stop_signal, grace_s=grace_s)
    path.unlink(missing_ok=True)


def end(pid: int, when: str, *, stop_signal: signal.Signals, grace_s: float) -> None:
    """Ask the process that was started at `when` to stop, then make it."""
    for number, wait_s in ((stop_signal, grace_s), (signal.SIGKILL, 5.0)):
        if started(pid) != when:
            return
        _signal(pid, number)
        _wait_for_end(pid, when, wait_s)
    if started(pid) == when:
        raise EmbeddedError(f"Process {pid} is left over from an earlier start and does not end.")


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _wait_for_end(pid: int, when: str, wait_s: float) -> None:
    deadline = time.monotonic() + wait_s
    while started(pid) == when and time.monotonic() < deadline:
        time.sleep(0.05)


def _started_proc(pid: int) -> str | None:
    try:
        text = (PROC / str(pid) / "stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The second field is the program's name in brackets and may hold anything; fields 3 and 22 are counted after it.
    fields = text.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else fields[19]


def _started_ps(pid: int) -> str | None:
    return _ps(pid, "lstart=") or None


def _ps(pid: int, field: str) -> str:
    done = subprocess.run(["ps", "-o", field, "-p", str(pid)], capture_output=True, text=True, check=False)
    return done.stdout.strip()
