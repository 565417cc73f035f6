"""The end of uploads that nobody continues, and of files that nobody claims."""

from __future__ import annotations

import logging
from pathlib import Path

from django.db import transaction
from django.utils import timezone

from courses.models import Upload
from courses.services import spool
from courses.services.upload_errors import UploadError
from courses.services.uploads import UNFINISHED, upload_locked

logger = logging.getLogger(__name__)


def uploads_expire() -> int:
    """End overdue uploads, delete their files and files without a row; return how many uploads ended."""
    overdue = Upload.objects.filter(state__in=UNFINISHED, expires_at__lte=timezone.now())
    ended = sum(_expire(upload) for upload in overdue)
    orphans_delete()
    return ended


def orphans_delete() -> list[Path]:
    """Delete spool files that no unfinished upload claims."""
    # The folder is read before the table: a file that appears in between cannot be taken for an orphan.
    found = list(spool.spool_folder().glob("*.part"))
    claimed = {upload.spool_path.name for upload in Upload.objects.filter(state__in=UNFINISHED)}
    orphans = [path for path in found if path.name not in claimed]
    for path in orphans:
        path.unlink(missing_ok=True)
        logger.info("Deleted the orphaned spool file %s", path.name)
    return orphans


def _expire(upload: Upload) -> bool:
    try:
        with upload_locked(upload) as held:
            return _expire_held(held)
    except UploadError:
        return False


def _expire_held(held: Upload) -> bool:
    """End the locked upload, unless a chunk arrived since it was looked up."""
    if held.state not in UNFINISHED or held.expires_at > timezone.now():
        return False
    held.state = Upload.State.EXPIRED
    held.save(update_fields=["state"])
    transaction.on_commit(lambda: held.spool_path.unlink(missing_ok=True))
    return True
