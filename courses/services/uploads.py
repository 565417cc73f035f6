"""Uploads as rows: created once, appended to under a lock, refused, terminated."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime

from django.conf import settings
from django.db import OperationalError, transaction
from django.utils import timezone
from psycopg.errors import LockNotAvailable

from courses.models import Course, Upload, User
from courses.policy import Purpose, require
from courses.services import spool, upload_errors
from courses.services.upload_errors import UploadError

UNFINISHED = (Upload.State.RECEIVING, Upload.State.CHECKING)


@transaction.atomic
def upload_create(
    course: Course,
    *,
    owner: User,
    filename: str,
    length_bytes: int,
    fingerprint: str = "",
    title: str = "",
    held_at: datetime | None = None,
) -> tuple[Upload, bool]:
    """Return a new upload and True, or the unfinished one of the same file and False (a second tab)."""
    require(Purpose.OBSERVE, institution=course.institution, course=course)
    # Two tabs that ask at the same moment wait for each other here, so that the second finds the first one's row.
    User.objects.select_for_update().get(pk=owner.pk)
    if known := _unfinished(course, owner=owner, fingerprint=fingerprint, length_bytes=length_bytes):
        return known, False
    _check_length(length_bytes)
    upload = Upload(
        institution=course.institution,
        course=course,
        owner=owner,
        filename=filename,
        length_bytes=length_bytes,
        fingerprint=fingerprint,
        title=title,
        held_at=held_at,
        expires_at=Upload.next_expiry(),
    )
    upload.full_clean()
    upload.save()
    return upload, True


def received_bytes(upload: Upload) -> int:
    """Return where the sender goes on: the row's offset, or the file's end where the disk lost some of it."""
    if upload.state != Upload.State.RECEIVING:
        return upload.offset_bytes
    return min(upload.offset_bytes, spool.file_size(upload.spool_path))


def upload_append(
    upload: Upload, *, offset_bytes: int, stream: spool.ByteStream, checksum: spool.Checksum | None = None
) -> Upload:
    """Write the stream at the offset; the row's offset moves only after the bytes are on the disk."""
    with upload_locked(upload) as held:
        _check_offset(held, offset_bytes)
        most_bytes = min(held.length_bytes - offset_bytes, settings.UPLOAD_CHUNK_MAX_BYTES)
        with upload_errors.spool_errors_named():
            written_bytes = spool.append(
                held.spool_path, offset_bytes=offset_bytes, stream=stream, most_bytes=most_bytes, checksum=checksum
            )
        _advance(held, offset_bytes + written_bytes)
    return held


def upload_terminate(upload: Upload) -> None:
    """Forget an upload and what it received. What has become a recording stays."""
    with upload_locked(upload) as held:
        path = held.spool_path
        held.delete()
        transaction.on_commit(lambda: path.unlink(missing_ok=True))


def upload_refuse(held: Upload, error: UploadError) -> None:
    """Say in the locked row what is wrong with the file; delete the file once that is stored."""
    held.state = Upload.State.REFUSED
    held.error_code, held.error_message, held.error_remedy = error.code, str(error.message), str(error.remedy)
    held.save(update_fields=["state", "error_code", "error_message", "error_remedy"])
    transaction.on_commit(lambda: held.spool_path.unlink(missing_ok=True))


@contextmanager
def upload_locked(upload: Upload) -> Iterator[Upload]:
    """Hold the upload's row for one transaction; raise UploadError `locked` where another request does."""
    with transaction.atomic():
        yield _lock(upload)


def _lock(upload: Upload) -> Upload:
    rows = Upload.objects.select_for_update(nowait=True, of=("self",)).select_related("course__institution", "owner")
    try:
        return rows.get(pk=upload.pk)
    except Upload.DoesNotExist as error:
        raise upload_errors.ended() from error
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise upload_errors.locked() from error
        raise


def _unfinished(course: Course, *, owner: User, fingerprint: str, length_bytes: int) -> Upload | None:
    if not fingerprint:
        return None
    same_file = Upload.objects.filter(course=course, owner=owner, fingerprint=fingerprint, length_bytes=length_bytes)
    return same_file.filter(state__in=UNFINISHED, expires_at__gt=timezone.now()).first()


def _check_length(length_bytes: int) -> None:
    if length_bytes == 0:
        raise upload_errors.empty()
    if length_bytes > settings.UPLOAD_MAX_BYTES:
        raise upload_errors.too_large()
    if length_bytes > spool.free_bytes():
        raise upload_errors.disk_full()


def _check_offset(held: Upload, offset_bytes: int) -> None:
    if held.state != Upload.State.RECEIVING or held.expires_at <= timezone.now():
        raise upload_errors.ended()
    if offset_bytes != received_bytes(held):
        raise upload_errors.wrong_offset(received_bytes(held))


def _advance(held: Upload, offset_bytes: int) -> None:
    held.offset_bytes = offset_bytes
    held.expires_at = Upload.next_expiry()
    if offset_bytes == held.length_bytes:
        held.state = Upload.State.CHECKING
    held.save(update_fields=["offset_bytes", "expires_at", "state"])
