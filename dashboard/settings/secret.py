"""The secret key of a local installation: made once, kept readable by its owner alone."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def local_secret_key(home: Path) -> str:
    """Return SECRET_KEY from the environment, else the one kept in `home`, made on first use."""
    given = os.environ.get("SECRET_KEY")
    if given:
        return given
    path = home / "secret-key"
    home.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_text(encoding="ascii")
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(48))
    return path.read_text(encoding="ascii")
