"""Keeps programs running: starts them, asks until they are ready, starts them again after a crash, stops them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

from dashboard.embedded.child import Child, Program
from dashboard.embedded.errors import StartFailedError
from dashboard.embedded.places import Places

LOOK_EVERY_S = 0.1
FIRST_DELAY_S = 0.5
LONGEST_DELAY_S = 30.0
# A process that ran this long is well again: its next crash starts from the first delay.
WELL_AFTER_S = 60.0
START_ATTEMPTS = 5
TAIL_LINES = 12

Report = Callable[[str], None]


def backoff_s(crashes: int) -> float:
    """Return how long to wait before start number `crashes` + 1."""
    return float(min(LONGEST_DELAY_S, FIRST_DELAY_S * 2 ** (crashes - 1)))


class Watch:
    """One child and the history of its crashes."""

    def __init__(self, child: Child, report: Report) -> None:
        self.child = child
        self.crashes = 0
        self.problem = ""
        self._report = report
        self._started_at = 0.0
        self._due_at: float | None = 0.0

    def look(self) -> None:
        """Start the child when that is due; notice when it has ended."""
        now = time.monotonic()
        if self._due_at is not None and now >= self._due_at:
            self._start(now)
        elif self._due_at is None and self.child.exit_code is not None:
            self._note_crash(now, f"ended with code {self.child.exit_code}")

    def _start(self, now: float) -> None:
        self._due_at, self._started_at = None, now
        try:
            self.child.start()
        except OSError as error:
            self._note_crash(now, f"could not be started ({error})")

    def _note_crash(self, now: float, problem: str) -> None:
        self.problem = problem
        self.crashes = 1 if now - self._started_at > WELL_AFTER_S else self.crashes + 1
        delay_s = backoff_s(self.crashes)
        name, log = self.child.program.name, self.child.log
        self._report(f"{name} {problem}; starting it again in {delay_s:g} s (log: {log})")
        self.child.end_group()
        self._due_at = now + delay_s


class Supervisor:
    """A group of programs that start and stop together.

    All children are started, and stopped, by one thread: Linux ends a child when the *thread* that started it is gone.
    """

    def __init__(self, programs: Sequence[Program], *, places: Places, report: Report) -> None:
        self._watches = [Watch(Child(program, places), report) for program in programs]
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="supervisor", daemon=True)

    @property
    def children(self) -> list[Child]:
        """The supervised processes, in the order given."""
        return [watch.child for watch in self._watches]

    def start(self) -> None:
        """Start every program; return without waiting."""
        for child in self.children:
            child.rotate_log()
        self._thread.start()

    def wait_ready(self, name: str, *, timeout_s: float) -> None:
        """Ask the program until it answers. Raises StartFailedError with the end of its log."""
        watch = next(each for each in self._watches if each.child.program.name == name)
        deadline = time.monotonic() + timeout_s
        while not (watch.child.pid and watch.child.program.is_ready()):
            if watch.crashes >= START_ATTEMPTS or time.monotonic() > deadline:
                raise StartFailedError(self._why(watch, timeout_s))
            time.sleep(LOOK_EVERY_S)

    def stop(self) -> None:
        """Stop every program and wait until it has ended; harmless when nothing runs."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        while not self._stopping.is_set():
            for watch in self._watches:
                watch.look()
            self._stopping.wait(LOOK_EVERY_S)
        self._stop_children()

    def _stop_children(self) -> None:
        for child in self.children:
            child.ask_to_stop()
        for child in reversed(self.children):
            child.stop()

    def _why(self, watch: Watch, timeout_s: float) -> str:
        name, log = watch.child.program.name, watch.child.log
        what = watch.problem or f"was not ready after {timeout_s:g} s"
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines() if log.exists() else []
        return "\n".join([f"{name} {what}. The end of {log}:", *lines[-TAIL_LINES:]])
