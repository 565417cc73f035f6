"""Recordings: a received file becomes the film of a lecture."""

from __future__ import annotations

import contextlib
import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.core.files import File
from django.core.files.storage import default_storage

from courses.models import Lecture, Recording


@dataclass(frozen=True, slots=True, kw_only=True)
class MediaFacts:
    """What the check of a file found out."""

    duration_s: float
    width_px: int
    height_px: int
    codec: str
    fps: float
    is_browser_playable: bool
    media_info: dict[str, Any] = field(default_factory=dict)


def recording_create(
    lecture: Lecture, *, stored_name: str, original_name: str, sha256: str, size_bytes: int, facts: MediaFacts
) -> Recording:
    """Save the row of a file that is in the storage already."""
    recording = Recording(
        institution=lecture.institution,
        lecture=lecture,
        file=stored_name,
        original_name=original_name,
        sha256=sha256,
        size_bytes=size_bytes,
        **{name: getattr(facts, name) for name in MediaFacts.__slots__},
    )
    recording.full_clean()
    recording.save()
    return recording


def file_sha256(path: Path) -> str:
    """Return the SHA-256 of a file, read piece by piece."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def file_store(path: Path, *, name: str) -> str:
    """Put a file into the storage under `name` and leave the original; return the name that it got.

    On one disk this is a second link to the same bytes: instant, never half a file, and safe to repeat.
    """
    default_storage.delete(name)
    with contextlib.suppress(NotImplementedError, OSError):
        return _link(path, name=name)
    with path.open("rb") as file:
        return default_storage.save(name, File(file))


def _link(path: Path, *, name: str) -> str:
    target = Path(default_storage.path(name))
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.link(path, target)
    return name
