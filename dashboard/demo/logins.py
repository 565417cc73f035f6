"""The demo's log-ins: random passwords, made once, kept where only the owner of the folder can read them."""

from __future__ import annotations

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from django.utils.translation import gettext as _
from rich.table import Table

PASSWORD_BYTES = 9


@dataclass(frozen=True, slots=True)
class Login:
    """Someone who can log in to the demo."""

    name: str
    role: str
    email: str
    password: str


def new_password() -> str:
    """Return twelve random characters that can be typed."""
    return secrets.token_urlsafe(PASSWORD_BYTES)


def read_logins(path: Path) -> dict[str, Login]:
    """Return the kept log-ins by e-mail; none where the file is missing or damaged."""
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return {row["email"]: Login(**row) for row in rows}
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return {}


def write_logins(path: Path, logins: list[Login]) -> None:
    """Keep the log-ins, readable by the owner alone, never half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump([asdict(login) for login in logins], file, indent=2)
    part.replace(path)


def table_of(logins: list[Login]) -> Table:
    """Return the log-ins as a person reads them."""
    table = Table(_("Who"), _("Role"), _("E-mail"), _("Password"))
    for login in logins:
        table.add_row(login.name, login.role, login.email, login.password)
    return table
