"""Housekeeping tasks of the site."""

from __future__ import annotations

import logging

from celery import shared_task

from courses.models import Upload
from courses.policy import PolicyDenied
from courses.services.upload_errors import UploadError
from courses.services.upload_expiry import uploads_expire
from dashboard.api.intake import upload_finish

logger = logging.getLogger(__name__)


@shared_task(name="dashboard.tasks.expire_uploads", time_limit=600)
def expire_uploads() -> int:
    """End uploads that nobody continued; delete their files and files without a row."""
    return uploads_expire()


@shared_task(name="dashboard.tasks.finish_uploads", time_limit=3600)
def finish_uploads() -> int:
    """Finish uploads that a stopped server left between the last byte and the recording; return how many."""
    return sum(_finish(upload) for upload in Upload.objects.filter(state=Upload.State.CHECKING))


def _finish(upload: Upload) -> bool:
    try:
        return upload_finish(upload).state == Upload.State.DONE
    except (UploadError, PolicyDenied, OSError) as error:
        # Locked: the request that brought the last byte works on it. Policy or disk: the file waits until it expires.
        logger.info("The upload %s is left for later: %s", upload.pk, error)
        return False
