"""The words of tus 1.0 (https://tus.io/protocols/resumable-upload): headers in, headers out."""

from __future__ import annotations

import base64
import binascii

from django.conf import settings
from django.http import HttpRequest
from django.utils.http import http_date
from django.utils.translation import gettext_lazy as _

from courses.models import Upload
from courses.services.spool import ALGORITHMS, Checksum
from courses.services.uploads import received_bytes
from dashboard.api.errors import ApiError

VERSION = "1.0.0"
CONTENT_TYPE = "application/offset+octet-stream"
EXTENSIONS = "creation,creation-with-upload,termination,expiration,checksum"
CHECKSUM_MISMATCH = 460
# The largest whole number that Postgres' bigint holds: more digits are a mistake or mischief.
MOST_BYTES = 2**63 - 1


def base_headers() -> dict[str, str]:
    """Return what every answer carries."""
    return {"Tus-Resumable": VERSION, "Cache-Control": "no-store"}


def options_headers() -> dict[str, str]:
    """Return what the server can do."""
    return {
        "Tus-Version": VERSION,
        "Tus-Extension": EXTENSIONS,
        "Tus-Max-Size": str(settings.UPLOAD_MAX_BYTES),
        "Tus-Checksum-Algorithm": ",".join(ALGORITHMS),
    }


def upload_headers(upload: Upload) -> dict[str, str]:
    """Return where the upload stands."""
    headers = {"Upload-Offset": str(received_bytes(upload)), "Upload-Length": str(upload.length_bytes)}
    if upload.state == Upload.State.RECEIVING:
        headers["Upload-Expires"] = http_date(upload.expires_at.timestamp())
    return headers


def method_of(request: HttpRequest) -> str:
    """Return the method; a POST may stand for one that a proxy does not let through."""
    if request.method == "POST":
        return request.headers.get("X-HTTP-Method-Override", "POST").upper()
    return request.method or ""


def require_version(request: HttpRequest) -> None:
    """Refuse a client that speaks another version of the protocol."""
    if request.headers.get("Tus-Resumable") != VERSION:
        raise ApiError(
            412,
            "tus-version",
            _("The header Tus-Resumable must be 1.0.0."),
            _("Use a client for tus 1.0."),
            {"Tus-Version": VERSION},
        )


def require_content_type(request: HttpRequest) -> None:
    """Refuse a body that is not meant as a piece of a file."""
    if request.content_type != CONTENT_TYPE:
        raise ApiError(415, "content-type", _("The body of a piece must be %(type)s.") % {"type": CONTENT_TYPE})


def whole_number(request: HttpRequest, header: str) -> int:
    """Return a header's number of bytes."""
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit()) or int(text[:20]) > MOST_BYTES:
        raise ApiError(400, "header", _("%(header)s must be a whole number of bytes.") % {"header": header})
    return int(text)


def checksum(request: HttpRequest) -> Checksum | None:
    """Return what the client says about the piece, if it says anything."""
    header = request.headers.get("Upload-Checksum")
    if header is None:
        return None
    try:
        return Checksum.from_header(header)
    except ValueError as error:
        known = ", ".join(ALGORITHMS)
        message = _("Upload-Checksum must be one of %(known)s and a digest in base64.") % {"known": known}
        raise ApiError(400, "checksum-header", message) from error


def metadata(request: HttpRequest) -> dict[str, str]:
    """Return the pairs of Upload-Metadata, decoded."""
    pairs = [pair.split() for pair in request.headers.get("Upload-Metadata", "").split(",") if pair.strip()]
    try:
        return {pair[0]: _decoded(pair[1:]) for pair in pairs}
    except (binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise ApiError(
            400, "metadata", _("Upload-Metadata must be names with UTF-8 values in base64, by commas.")
        ) from error


def _decoded(values: list[str]) -> str:
    if len(values) > 1:
        raise ValueError(values)
    text = base64.b64decode(values[0], validate=True).decode() if values else ""
    if "\x00" in text:
        raise ValueError(text)
    return text
