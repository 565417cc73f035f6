"""Refuses request bodies that are too large before Django writes them to its temporary folder."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable
from typing import Any

from django.conf import settings

from courses.services import upload_errors
from courses.services.references import MOST_REQUEST_BYTES
from courses.services.spool import FULL_ERRNOS
from courses.services.upload_errors import UploadError

Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[..., Awaitable[None]]


class BodyTooLarge(Exception):
    """More bytes arrived than one request may bring."""


class BodyLimit:
    """ASGI: one request brings at most a piece of an upload, with 413; a full temporary folder means 507."""

    def __init__(self, app: AsgiApp) -> None:
        self.app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Pass the request on, counted."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        limit_bytes = limit_of(scope)
        try:
            _check_announced(scope, limit_bytes)
            await self.app(scope, _counted(receive, limit_bytes), send)
        except BodyTooLarge:
            await _refuse(send, 413, upload_errors.chunk_too_long(limit_bytes))
        except OSError as error:
            if error.errno not in FULL_ERRNOS:
                raise
            await _refuse(send, 507, upload_errors.disk_full())


def limit_of(scope: Message) -> int:
    """Return how many bytes the address takes: a photo of a face is held in memory, and so is never written down."""
    is_photo = str(scope["path"]).endswith("/photos/")
    return MOST_REQUEST_BYTES if is_photo else int(settings.UPLOAD_CHUNK_MAX_BYTES)


def _check_announced(scope: Message, limit_bytes: int) -> None:
    length = dict(scope["headers"]).get(b"content-length", b"0")
    if length.isdigit() and int(length) > limit_bytes:
        raise BodyTooLarge


def _counted(receive: Receive, limit_bytes: int) -> Receive:
    """Return a `receive` that stops a body without an announced length at the limit."""
    received_bytes = 0

    async def counting() -> Message:
        nonlocal received_bytes
        message = await receive()
        received_bytes += len(message.get("body", b""))
        if received_bytes > limit_bytes:
            raise BodyTooLarge
        return message

    return counting


async def _refuse(send: Send, status: int, error: UploadError) -> None:
    said = {"code": error.code, "message": str(error.message), "remedy": str(error.remedy)}
    headers = [(b"content-type", b"application/json"), (b"cache-control", b"no-store"), (b"connection", b"close")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(said).encode()})
