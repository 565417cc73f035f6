"""A small tus client over Django's test client."""

from __future__ import annotations

import base64
from typing import Any

from django.http import HttpResponse
from django.test import Client

TUS = {"Tus-Resumable": "1.0.0"}
PIECE = "application/offset+octet-stream"


def metadata(**values: str) -> str:
    return ",".join(f"{name} {base64.b64encode(value.encode()).decode()}" for name, value in values.items())


def create(client: Client, *, course: str, length: int, filename: str = "clip.mp4", **values: str) -> Any:
    headers = {
        **TUS,
        "Upload-Length": str(length),
        "Upload-Metadata": metadata(course=course, filename=filename, **values),
    }
    return client.post("/api/uploads/", headers=headers)


def patch(client: Client, url: str, offset: int, data: bytes, **headers: str) -> Any:
    sent = {**TUS, "Upload-Offset": str(offset), **headers}
    return client.patch(url, data=data, content_type=PIECE, headers=sent)


def head(client: Client, url: str) -> Any:
    return client.head(url, headers=TUS)


def delete(client: Client, url: str) -> Any:
    return client.delete(url, headers=TUS)


def send(
    client: Client, *, course: str, content: bytes, piece: int = 1 << 20, **values: str
) -> tuple[str, HttpResponse]:
    """Upload the content in pieces; return the upload's address and the last answer."""
    url = create(client, course=course, length=len(content), **values).headers["Location"]
    for offset in range(0, len(content), piece):
        answer = patch(client, url, offset, content[offset : offset + piece])
    return url, answer
