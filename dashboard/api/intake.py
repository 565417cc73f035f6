"""The end of an upload: the file is checked, becomes a lecture's recording, and its analysis is requested."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from courses.models import Recording, Upload
from courses.services import spool
from courses.services.lectures import lecture_create
from courses.services.recordings import MediaFacts, file_sha256, file_store, recording_create
from courses.services.upload_errors import UploadError
from courses.services.uploads import upload_locked, upload_refuse
from dashboard.api.media_check import check_media
from inference.services import run_request
from inference.tasks import write_proxy


def upload_finish(upload: Upload) -> Upload:
    """Take a completely received upload in; return the row as it then is: DONE or REFUSED.

    Safe to repeat: until the transaction is through, the upload stays CHECKING and its file stays in the spool.
    """
    with upload_locked(upload) as held:
        if held.state != Upload.State.CHECKING:
            return held
        try:
            facts = _checked(held)
        except UploadError as error:
            upload_refuse(held, error)
        else:
            _take_in(held, facts)
    return held


def _checked(held: Upload) -> MediaFacts:
    if spool.file_size(held.spool_path) != held.length_bytes:
        raise UploadError("lost", _("The server lost a part of the file."), _("Upload the file again."))
    return check_media(held.spool_path)


def _take_in(held: Upload, facts: MediaFacts) -> None:
    with _stored(held) as name:
        title = held.title or Path(held.filename).stem or held.filename
        held.lecture = lecture_create(held.course, title=title, held_at=held.held_at)
        recording = recording_create(
            held.lecture,
            stored_name=name,
            original_name=held.filename,
            sha256=file_sha256(held.spool_path),
            size_bytes=held.length_bytes,
            facts=facts,
        )
        _request_work(recording, held)
        held.state = Upload.State.DONE
        held.save(update_fields=["state", "lecture"])
    transaction.on_commit(lambda: held.spool_path.unlink(missing_ok=True))


def _request_work(recording: Recording, held: Upload) -> None:
    run_request(recording, requested_by=held.owner)
    if not recording.is_browser_playable:
        transaction.on_commit(lambda: write_proxy.delay(recording.pk), robust=True)


@contextmanager
def _stored(held: Upload) -> Iterator[str]:
    """Put the file into the storage; take it out again when the rows that need it cannot be written."""
    # Named after the upload: a second try after a crash replaces what the first one left.
    name = file_store(held.spool_path, name=f"recordings/{held.pk.hex}{Path(held.filename).suffix.lower()[:16]}")
    try:
        yield name
    except BaseException:
        default_storage.delete(name)
        raise
