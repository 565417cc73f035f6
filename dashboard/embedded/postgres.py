"""The embedded Postgres: makes its cluster, says how to run it, asks whether it is ready."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

import psycopg
from psycopg import sql

from dashboard.embedded import identity
from dashboard.embedded.account import Account, service_account
from dashboard.embedded.binaries import postgres_programs
from dashboard.embedded.child import Program, identity_options
from dashboard.embedded.errors import StartFailedError
from dashboard.embedded.folders import LentFolder, lend, take_back
from dashboard.embedded.places import POSTGRES_SOCKET, Places
from dashboard.embedded.urls import DATABASE_NAME, DATABASE_USER, postgres_url

MAJOR_VERSION = "18"
NAME = "postgres"
# Fast shutdown first; immediate shutdown (crash recovery at the next start) only when that hangs.
STOPS = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 5.0))


class Postgres:
    """One cluster under one home."""

    def __init__(self, places: Places) -> None:
        self._places = places
        self._data = places.postgres_data
        self._account = service_account(self._data)
        self._programs = postgres_programs(self._account)
        self._lent: list[LentFolder] = []

    def prepare(self) -> None:
        """End leftovers, make the folders and, the first time, the cluster."""
        identity.end_leftover(self._places.pids / NAME, stop_signal=signal.SIGINT, grace_s=30.0)
        self._end_server()
        if not self._data.exists():
            self._make_cluster()
        self._require_version()
        _make_own(self._places.postgres_sockets, self._account)

    def program(self) -> Program:
        """Return how to run the server."""
        data, sockets = self._lend(self._data), self._lend(self._places.postgres_sockets)
        options = {"listen_addresses": "", "unix_socket_directories": sockets.name, "unix_socket_permissions": "0700"}
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        return Program(
            name=NAME,
            command=(str(self._programs / "postgres"), "-D", data.name, *settings),
            is_ready=self.is_ready,
            stops=STOPS,
            orphan_signal=signal.SIGINT,
            environment={"LC_ALL": "C", "TZ": "UTC"},
            account=self._account,
            descriptors=(*data.descriptors, *sockets.descriptors),
            before_start=self.remove_stale_locks,
        )

    def is_ready(self) -> bool:
        """Ask the server to answer a query."""
        return answers(postgres_url(self._places, "postgres"))

    def create_database(self) -> None:
        """Create Lectern's database unless it is there."""
        with self._connect() as connection:
            if not connection.execute("select 1 from pg_database where datname = %s", [DATABASE_NAME]).fetchone():
                connection.execute(sql.SQL("create database {}").format(sql.Identifier(DATABASE_NAME)))

    def close(self) -> None:
        """Take back what was lent to the server."""
        take_back(*self._lent)
        self._lent.clear()

    def remove_stale_locks(self) -> None:
        """Remove lock files of a dead server: Postgres itself believes them when another process got the number."""
        for lock in (self._data / "postmaster.pid", self._places.postgres_sockets / f"{POSTGRES_SOCKET}.lock"):
            if lock.exists() and not self._is_server(_first_line(lock)):
                lock.unlink(missing_ok=True)

    def _is_server(self, pid: str) -> bool:
        return pid.isdigit() and identity.works_in(int(pid), self._data)

    def _end_server(self) -> None:
        """End a server of this cluster that nobody wrote down."""
        pid = _first_line(self._data / "postmaster.pid")
        when = identity.started(int(pid)) if self._is_server(pid) else None
        if when is not None:
            identity.end(int(pid), when, stop_signal=signal.SIGINT, grace_s=30.0)

    def _connect(self) -> psycopg.Connection:
        return psycopg.connect(postgres_url(self._places, "postgres"), autocommit=True, connect_timeout=5)

    def _lend(self, folder: Path) -> LentFolder:
        lent = lend(folder, self._account)
        self._lent.append(lent)
        return lent

    def _make_cluster(self) -> None:
        """Make the cluster beside its place and move it there: killed half-way, it is simply made again."""
        making = self._data.with_name("postgres.new")
        shutil.rmtree(making, ignore_errors=True)
        _make_own(making, self._account)
        self._run_initdb(making)
        making.rename(self._data)

    def _run_initdb(self, folder: Path) -> None:
        lent = lend(folder, self._account)
        # The built-in C.UTF-8 sorts the same on every machine, whatever its C library.
        locale = ("--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8")
        command = (str(self._programs / "initdb"), "-D", lent.name, "-U", DATABASE_USER, "--auth=trust", *locale)
        done = subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            cwd="/",
            env={**os.environ, "LC_ALL": "C", "TZ": "UTC"},
            pass_fds=lent.descriptors,
            **identity_options(self._account),
        )
        take_back(lent)
        if done.returncode != 0:
            raise StartFailedError(f"Postgres could not make its cluster in {self._data}:\n{done.stderr.strip()}")

    def _require_version(self) -> None:
        found = _first_line(self._data / "PG_VERSION")
        if found != MAJOR_VERSION:
            raise StartFailedError(
                f"The database in {self._data} was made by Postgres {found or 'of unknown version'}; this is "
                f"Postgres {MAJOR_VERSION}. Restore a dump into a new folder (docs/operations.md, Backup)."
            )


def answers(url: str) -> bool:
    """Ask the server behind a URL to answer a query."""
    with contextlib.suppress(psycopg.OperationalError), psycopg.connect(url, connect_timeout=5) as connection:
        return connection.execute("select 1").fetchone() == (1,)
    return False


def _make_own(folder: Path, account: Account | None) -> None:
    folder.mkdir(mode=0o700, exist_ok=True)
    if account is not None:
        os.chown(folder, account.uid, account.gid)


def _first_line(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").partition("\n")[0].strip()
    except OSError:
        return ""
