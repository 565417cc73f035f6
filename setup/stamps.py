"""Remembers what a step was made from, inside what it made: remove the one and the other is gone."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path


def fingerprint(inputs: Iterable[Path | str]) -> str:
    """Return a hash over the content of files and over plain words."""
    digest = hashlib.sha256()
    for part in inputs:
        content = part.read_bytes() if isinstance(part, Path) else part.encode()
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()


def is_current(stamp: Path, wanted: str) -> bool:
    """Say whether the step that left `stamp` was made from the wanted inputs."""
    return stamp.is_file() and stamp.read_text(encoding="ascii") == wanted


def leave(stamp: Path, made_from: str) -> None:
    """Write the stamp; the last act of a step."""
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.write_text(made_from, encoding="ascii")
