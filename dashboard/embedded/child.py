"""One supervised process: its command, its log, how it is asked to stop."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from dashboard.embedded.account import Account
from dashboard.embedded.identity import remember
from dashboard.embedded.orphans import die_with_parent
from dashboard.embedded.places import Places


def _nothing() -> None:
    """Do nothing before a start."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Program:
    """What to run and how to know that it is well."""

    name: str
    command: tuple[str, ...]
    is_ready: Callable[[], bool]
    # Signals in the order in which they are tried, each with the seconds that it gets.
    stops: tuple[tuple[signal.Signals, float], ...] = ((signal.SIGTERM, 10.0),)
    # Sent by the kernel when the supervisor is gone without a word.
    orphan_signal: signal.Signals = signal.SIGTERM
    folder: Path = Path("/")
    environment: Mapping[str, str] = field(default_factory=dict)
    account: Account | None = None
    descriptors: tuple[int, ...] = ()
    before_start: Callable[[], None] = _nothing


class Child:
    """A running, or to be run, program."""

    def __init__(self, program: Program, places: Places) -> None:
        self.program = program
        self.log = places.logs / f"{program.name}.log"
        self._pid_file = places.pids / program.name
        self._process: subprocess.Popen[bytes] | None = None
        self._is_asked = False

    @property
    def pid(self) -> int | None:
        """The process's number while it runs."""
        return self._process.pid if self._process is not None and self._process.poll() is None else None

    @property
    def exit_code(self) -> int | None:
        """The exit code of a process that has ended, negative for a signal."""
        return None if self._process is None else self._process.poll()

    def rotate_log(self) -> None:
        """Keep the log of the start before this one, and only that."""
        if self.log.exists():
            self.log.replace(self.log.with_name(f"{self.log.name}.1"))

    def start(self) -> None:
        """Start the process in a process group of its own, its output in its log."""
        self.program.before_start()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(self.program.command, stdout=log, **self._options())
        remember(self._pid_file, self._process.pid)

    def ask_to_stop(self) -> None:
        """Send the first stop signal and return at once."""
        if self.pid is not None:
            self._is_asked = True
            self._send(self.program.stops[0][0])

    def stop(self) -> None:
        """Go through the stop signals until the process has ended, then end what it left in its group."""
        if not self._is_asked:
            self.ask_to_stop()
        self._wait(self.program.stops[0][1])
        for number, grace_s in self.program.stops[1:]:
            if self.pid is not None:
                self._send(number)
                self._wait(grace_s)
        self.end_group()
        self._pid_file.unlink(missing_ok=True)

    def end_group(self) -> None:
        """End the process and every process it started that stayed in its group."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _send(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def _wait(self, seconds: float) -> None:
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(seconds)

    def _options(self) -> dict[str, Any]:
        options: dict[str, Any] = {
            "stdin": subprocess.DEVNULL,
            "stderr": subprocess.STDOUT,
            "cwd": self.program.folder,
            "env": {**os.environ, **self.program.environment},
            "start_new_session": True,
            "pass_fds": self.program.descriptors,
            "preexec_fn": partial(die_with_parent, self.program.orphan_signal, parent=os.getpid()),
        }
        return {**options, **identity_options(self.program.account)}


def identity_options(account: Account | None) -> dict[str, Any]:
    """Return subprocess options that make a process run as `account`."""
    if account is None:
        return {}
    return {"user": account.uid, "group": account.gid, "extra_groups": []}
