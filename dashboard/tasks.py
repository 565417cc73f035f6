"""Housekeeping tasks of the site: ids in, status out."""

from __future__ import annotations

from celery import shared_task

from courses.services.upload_expiry import uploads_expire


@shared_task(name="dashboard.tasks.expire_uploads", queue="io", time_limit=600)
def expire_uploads() -> int:
    """End uploads that nobody continued; delete their files and files without a row."""
    return uploads_expire()
