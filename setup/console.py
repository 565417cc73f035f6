"""Tells a person at every moment what the set-up does, and on failure what to do."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path

STILL_WORKING_EVERY_S = 15.0
TAIL_LINES = 20
LINE_WIDTH = 100
# Lines that say nothing about how far a step is.
ASIDES = ("warning", "npm warn", "found existing", "attempting uninstall", "uninstalling", "successfully uninstalled")


class SetupError(Exception):
    """A step failed; the message says what to do."""


def say(text: str) -> None:
    """Print one line at once."""
    print(text, flush=True)


class Progress:
    """What a running command printed last: rewritten in place on a terminal, now and then elsewhere."""

    def __init__(self) -> None:
        self.lines: deque[str] = deque(maxlen=TAIL_LINES)
        self._last = ""
        self._began = self._said = time.monotonic()
        self._lock = threading.Lock()

    def add(self, line: str) -> None:
        """Take a line of the command's output."""
        if line.strip():
            self.lines.append(line.rstrip())
            if not line.strip().lower().startswith(ASIDES):
                self._last = line.strip()[:LINE_WIDTH]
            self.show()

    def show(self) -> None:
        """Show the last line if a person is due one."""
        with self._lock:
            if sys.stdout.isatty():
                print(f"\r\033[K      {self._last}", end="", flush=True)
            elif time.monotonic() - self._said > STILL_WORKING_EVERY_S:
                self._said = time.monotonic()
                say(f"      {self._said - self._began:.0f} s: {self._last}")

    def clear(self) -> None:
        """Leave the terminal's line empty."""
        if sys.stdout.isatty():
            print("\r\033[K", end="", flush=True)


def run(command: Sequence[str | Path], *, advice: str, environment: Mapping[str, str] | None = None) -> None:
    """Run a command with its progress shown. Raises SetupError with the end of its output and the advice."""
    progress = Progress()
    env = {**os.environ, **(environment or {})}
    with subprocess.Popen(
        [str(part) for part in command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=env
    ) as process:
        _follow(process, progress)
    progress.clear()
    if process.returncode != 0:
        raise SetupError("\n".join([*progress.lines, "", advice]))


def _follow(process: subprocess.Popen[str], progress: Progress) -> None:
    finished = threading.Event()

    def tick() -> None:
        while not finished.wait(1.0):
            progress.show()

    thread = threading.Thread(target=tick, daemon=True)
    thread.start()
    for line in process.stdout or ():
        progress.add(line)
    finished.set()
    thread.join()
