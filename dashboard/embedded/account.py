"""Which account runs Postgres, which refuses to run as root."""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from dashboard.embedded.errors import EmbeddedError

CANDIDATES = ("postgres", "nobody", "daemon")


@dataclass(frozen=True, slots=True)
class Account:
    """A user of this machine without rights of its own."""

    name: str
    uid: int
    gid: int


def service_account(data: Path) -> Account | None:
    """Return whom to become for Postgres, or None to stay who we are (not root)."""
    owner = data.stat().st_uid if data.exists() else None
    if os.geteuid() != 0:
        _require_owner(data, owner)
        return None
    return _existing(owner) if owner else _first_candidate()


def can_reach(account: Account, path: Path) -> bool:
    """Say whether the account may enter every folder on the way to `path` and run or enter it."""
    return all(_may_enter(account, part.stat()) for part in (path, *path.resolve().parents))


def _may_enter(account: Account, found: os.stat_result) -> bool:
    if found.st_uid == account.uid:
        return bool(found.st_mode & stat.S_IXUSR)
    if found.st_gid == account.gid:
        return bool(found.st_mode & stat.S_IXGRP)
    return bool(found.st_mode & stat.S_IXOTH)


def _require_owner(data: Path, owner: int | None) -> None:
    if owner is None or owner == os.geteuid():
        return
    name = _existing(owner).name
    raise EmbeddedError(
        f"The database in {data} belongs to the user {name}. Start Lectern as the user who made it, "
        f"or set LECTERN_HOME to another folder."
    )


def _existing(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return Account(name=str(uid), uid=uid, gid=uid)
    return Account(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)


def _first_candidate() -> Account:
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise EmbeddedError(
        "Postgres does not run as root, and there is no user 'nobody'. Start Lectern as an ordinary user."
    )
