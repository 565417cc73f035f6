"""What can be wrong with an upload, in words that say what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from courses.services import spool

Text = StrPromise | str


class UploadError(Exception):
    """An upload cannot go on. `code` is for programs, `message` and `remedy` are for people."""

    def __init__(self, code: str, message: Text, remedy: Text) -> None:
        super().__init__(str(message))
        self.code = code
        self.message = message
        self.remedy = remedy


def disk_full() -> UploadError:
    """No room on the server's disk."""
    return UploadError(
        "disk-full",
        _("The server's disk is full. What arrived so far is kept."),
        _("Ask an administrator to free space, then continue the upload."),
    )


def locked() -> UploadError:
    """Another request writes to the same upload at this moment."""
    return UploadError(
        "locked",
        _("This upload is being sent from another tab or window."),
        _("Let that one go on, or close it and try again here."),
    )


def wrong_offset(offset_bytes: int) -> UploadError:
    """The piece does not continue what is stored."""
    return UploadError(
        "offset",
        _("The piece does not fit: the server has %(offset)d bytes.") % {"offset": offset_bytes},
        _("Continue at the offset that a HEAD request returns."),
    )


def ended() -> UploadError:
    """The upload takes no more bytes."""
    return UploadError("gone", _("This upload has ended."), _("Start a new upload of the file."))


def empty() -> UploadError:
    """Nothing to store."""
    return UploadError("empty", _("The file is empty."), _("Choose the recording again, or export it anew."))


def too_large() -> UploadError:
    """Over the limit of the installation."""
    return UploadError(
        "too-large",
        _("The file is larger than %(limit).2f GB.") % {"limit": settings.UPLOAD_MAX_BYTES / 1e9},
        _("Export it with a lower resolution or bit rate, or cut it into parts."),
    )


def chunk_too_long(limit_bytes: int | None = None) -> UploadError:
    """One request brought more than the rest of the file, or than one request may."""
    return UploadError(
        "chunk-too-large",
        _("The request brings more bytes than fit."),
        _("Send pieces of at most %(limit)d bytes.") % {"limit": limit_bytes or settings.UPLOAD_CHUNK_MAX_BYTES},
    )


def checksum_mismatch() -> UploadError:
    """The bytes changed on their way."""
    return UploadError(
        "checksum", _("The piece was damaged on its way. Nothing of it was kept."), _("Send the piece again.")
    )


@contextmanager
def spool_errors_named() -> Iterator[None]:
    """Turn what the spool says into what a person can act on."""
    try:
        yield
    except spool.SpoolFull as error:
        raise disk_full() from error
    except spool.ChecksumMismatch as error:
        raise checksum_mismatch() from error
    except spool.ChunkTooLong as error:
        raise chunk_too_long() from error
