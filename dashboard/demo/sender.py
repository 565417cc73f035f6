"""Sends a file through the product's own upload: tus, in pieces, each with its checksum."""

from __future__ import annotations

import base64
import hashlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.urls import reverse

from dashboard.demo.site import Answer, Site, SiteGone

PIECE_BYTES = 8 * 1024**2
PAUSES_S = (0.5, 1.0, 3.0, 10.0)
TUS = {"Tus-Resumable": "1.0.0"}


@dataclass(frozen=True, slots=True)
class Sending:
    """A file on its way to a course."""

    path: Path
    course: str
    title: str
    sha256: str


def send(site: Site, sending: Sending, *, tell: Callable[[int], None]) -> dict[str, Any]:
    """Upload the file, going on where an earlier try stopped; return the upload's row.

    Raises:
        DemoError: the site refuses the file, with its message and remedy.
    """
    created = _create(site, sending)
    address = urlsplit(created.headers["Location"]).path
    offset, length = int(created.headers["Upload-Offset"]), sending.path.stat().st_size
    with sending.path.open("rb") as file:
        while offset < length:
            tell(offset)
            file.seek(offset)
            offset = _send_piece(site, address, offset, file.read(PIECE_BYTES))
    tell(length)
    row: dict[str, Any] = site.ask("GET", address).json()
    return row


def _create(site: Site, sending: Sending) -> Answer:
    values = {
        "filename": sending.path.name,
        "course": sending.course,
        "title": sending.title,
        "fingerprint": sending.sha256,
    }
    metadata = ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items())
    headers = {**TUS, "Upload-Length": str(sending.path.stat().st_size), "Upload-Metadata": metadata}
    return site.ask("POST", reverse("uploads"), b"", headers)


def _send_piece(site: Site, address: str, offset: int, piece: bytes) -> int:
    """Send one piece; after a lost connection ask where to go on. Return the new offset."""
    digest = base64.b64encode(hashlib.sha256(piece).digest()).decode()
    headers = {
        **TUS,
        "Content-Type": "application/offset+octet-stream",
        "Upload-Offset": str(offset),
        "Upload-Checksum": f"sha256 {digest}",
    }
    try:
        return int(site.ask("PATCH", address, piece, headers).headers["Upload-Offset"])
    except SiteGone:
        return _offset_after_pause(site, address)


def _offset_after_pause(site: Site, address: str) -> int:
    for pause_s in PAUSES_S[:-1]:
        time.sleep(pause_s)
        try:
            return int(site.ask("HEAD", address, headers=TUS).headers["Upload-Offset"])
        except SiteGone:
            continue
    time.sleep(PAUSES_S[-1])
    return int(site.ask("HEAD", address, headers=TUS).headers["Upload-Offset"])
