"""Where the embedded services keep data, sockets, logs and locks, all derived from one folder."""

from __future__ import annotations

import hashlib
import os
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from dashboard.embedded.errors import EmbeddedError

CHECKOUT = Path(__file__).resolve().parents[2]
# sockaddr_un holds 108 bytes on Linux and 104 on macOS, the closing zero included.
SOCKET_PATH_LIMIT_BYTES = 103
POSTGRES_SOCKET = ".s.PGSQL.5432"


def home() -> Path:
    """Return the data folder: LECTERN_HOME, or `.lectern` in the checkout."""
    return Path(os.environ.get("LECTERN_HOME") or CHECKOUT / ".lectern").resolve()


@dataclass(frozen=True, slots=True)
class Places:
    """The folders and files under one home."""

    home: Path

    @property
    def logs(self) -> Path:
        """One log file a process, the previous start's kept beside it as `.1`."""
        return self.home / "logs"

    @property
    def pids(self) -> Path:
        """Who was started last, so that leftovers of a killed start can be found."""
        return self.home / "pids"

    @property
    def postgres_data(self) -> Path:
        """The database cluster."""
        return self.home / "postgres"

    @property
    def valkey_data(self) -> Path:
        """The append-only files of broker and channel layer."""
        return self.home / "valkey"

    @property
    def sockets(self) -> Path:
        """A short folder for Unix sockets: in the home where its path is short enough, else a hashed one."""
        near = self.home / "run"
        return near if _fits(near) else _short_folder(self.home)

    @property
    def postgres_sockets(self) -> Path:
        """The folder of Postgres' socket, which belongs to the account that runs Postgres."""
        return self.sockets / "postgres"

    @property
    def valkey_socket(self) -> Path:
        """Valkey's socket."""
        return self.sockets / "valkey.sock"

    def create(self) -> None:
        """Make the folders, readable by their owner alone."""
        for folder in (self.home, self.logs, self.pids, self.valkey_data, self.sockets):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _close(self.home)
        _require_own(self.sockets)


def _fits(folder: Path) -> bool:
    return len(os.fsencode(folder / "postgres" / POSTGRES_SOCKET)) <= SOCKET_PATH_LIMIT_BYTES


def _short_folder(home: Path) -> Path:
    digest = hashlib.sha256(os.fsencode(home)).hexdigest()[:12]
    folder = Path(tempfile.gettempdir()) / f"lectern-{os.getuid()}-{digest}"
    if _fits(folder):
        return folder
    raise EmbeddedError(
        f"The path of {home} is too long for a Unix socket, and so is that of {folder.parent}. Set TMPDIR."
    )


def _close(folder: Path) -> None:
    """Shut others out of a folder that may have been made with open doors: recordings lie in it."""
    if folder.stat().st_uid == os.getuid():
        folder.chmod(0o700)


def _require_own(folder: Path) -> None:
    """Refuse a socket folder that someone else could have put there."""
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid():
        raise EmbeddedError(f"{folder} belongs to someone else. Remove it, or set LECTERN_HOME to another folder.")
    folder.chmod(0o700)
