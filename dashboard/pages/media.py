"""The recording's film, for the course's teachers alone: streamed in blocks, any part of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import PurePosixPath

from django.core.files.base import File
from django.core.handlers.asgi import ASGIRequest
from django.db.models.fields.files import FieldFile
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.http import require_safe

from courses.access import get_recording_for
from courses.models import Recording, User
from dashboard.pages.byte_ranges import RangeNotSatisfiable, Span, requested_span

BLOCK_BYTES = 256 * 1024
# Browsers play H.264 in QuickTime's container, but only under MP4's name.
CONTENT_TYPES = {".mp4": "video/mp4", ".m4v": "video/mp4", ".mov": "video/mp4", ".webm": "video/webm"}


@require_safe
def recording_media(request: HttpRequest, recording_id: int) -> HttpResponseBase:
    """Answer with the film or the requested part of it; to everyone but the course's teachers it does not exist."""
    if not isinstance(request.user, User):
        raise Http404
    recording = get_recording_for(request.user, recording_id)
    film = playable_file(recording)
    headers = _headers(recording, film)
    try:
        span = _wanted_span(request, etag=headers["ETag"], size_bytes=film.size)
    except RangeNotSatisfiable:
        return HttpResponse(status=416, headers={**headers, "Content-Range": f"bytes */{film.size}"})
    return _response(request, film, span, headers)


def playable_file(recording: Recording) -> FieldFile:
    """Return the playback copy where the browser needs it and it is made, else the original."""
    film = recording.proxy if recording.proxy and not recording.is_browser_playable else recording.file
    if not film.storage.exists(film.name or ""):
        raise Http404
    return film


def _headers(recording: Recording, film: FieldFile) -> dict[str, str]:
    suffix = PurePosixPath(film.name or "").suffix.lower()
    kind = "proxy" if film.name == recording.proxy.name else "file"
    return {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-store",
        "Content-Disposition": "inline",
        "Content-Type": CONTENT_TYPES.get(suffix, "application/octet-stream"),
        "ETag": f'"{recording.sha256}-{kind}"',
        "X-Content-Type-Options": "nosniff",
    }


def _wanted_span(request: HttpRequest, *, etag: str, size_bytes: int) -> Span | None:
    """Return the requested span; the whole file where the player holds a part of another one (If-Range)."""
    if request.headers.get("If-Range", etag) != etag:
        return None
    return requested_span(request.headers.get("Range", ""), size_bytes)


def _response(request: HttpRequest, film: FieldFile, span: Span | None, headers: dict[str, str]) -> HttpResponseBase:
    sent = span or Span(0, film.size - 1)
    headers["Content-Length"] = str(sent.length)
    if span:
        headers["Content-Range"] = f"bytes {span.start}-{span.end}/{film.size}"
    status = 206 if span else 200
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers)
    file = film.storage.open(film.name or "")
    # Django would collect a plain iterator whole under ASGI, and an asynchronous one whole under WSGI.
    blocks = _blocks_async(file, sent) if isinstance(request, ASGIRequest) else _blocks(file, sent)
    response = StreamingHttpResponse(blocks, status=status, headers=headers)
    response._resource_closers.append(file.close)  # type: ignore[attr-defined]
    return response


def _blocks(file: File[bytes], span: Span) -> Iterator[bytes]:
    file.seek(span.start)
    rest = span.length
    while rest > 0 and (block := file.read(min(BLOCK_BYTES, rest))):
        rest -= len(block)
        yield block


async def _blocks_async(file: File[bytes], span: Span) -> AsyncIterator[bytes]:
    blocks = _blocks(file, span)
    while block := await asyncio.to_thread(next, blocks, b""):
        yield block
