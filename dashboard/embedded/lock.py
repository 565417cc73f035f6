"""A lock that the operating system lets go of when its holder dies, however it dies."""

from __future__ import annotations

import fcntl
import os
import sys
from pathlib import Path


class FileLock:
    """An advisory lock on a file that also says who holds it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    @property
    def is_held(self) -> bool:
        """Whether this object holds the lock."""
        return self._descriptor is not None

    def try_acquire(self) -> bool:
        """Take the lock alone, or return False at once."""
        if not self._flock(fcntl.LOCK_EX | fcntl.LOCK_NB):
            return False
        self._sign()
        return True

    def share(self) -> None:
        """Hold the lock together with others; wait for one that holds it alone."""
        self._flock(fcntl.LOCK_SH)

    def acquire(self) -> None:
        """Take the lock alone, after everyone who shares it has let go."""
        self._flock(fcntl.LOCK_EX)

    def release(self) -> None:
        """Let go; harmless when not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def holder(self) -> str:
        """Return who took the lock last, for a message."""
        try:
            return self.path.read_text(encoding="utf-8").strip() or "another process"
        except OSError:
            return "another process"

    def _flock(self, operation: int) -> bool:
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, operation)
        except BlockingIOError:
            os.close(descriptor)
            return False
        self._descriptor = descriptor
        return True

    def _sign(self) -> None:
        command = " ".join([Path(sys.argv[0]).name, *sys.argv[1:2]])
        if self._descriptor is not None:
            os.ftruncate(self._descriptor, 0)
            os.pwrite(self._descriptor, f"process {os.getpid()} ({command})\n".encode(), 0)
