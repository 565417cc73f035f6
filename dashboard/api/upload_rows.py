"""Uploads as JSON."""

from __future__ import annotations

from typing import Any, TypedDict

from django.db.models import Max, QuerySet

from courses.models import Upload, User
from courses.services.uploads import received_bytes


class ErrorRow(TypedDict):
    """What went wrong and what to do."""

    code: str
    message: str
    remedy: str


class UploadRow(TypedDict):
    """One upload as the page needs it."""

    id: str
    state: str
    offset_bytes: int
    length_bytes: int
    filename: str
    title: str
    course: str
    fingerprint: str
    expires_at: str
    lecture_id: int | None
    run_id: int | None
    report_url: str | None
    error: ErrorRow | None


def uploads_of(user: User) -> QuerySet[Upload]:
    """Return the user's uploads, each with `run_id`, in one query."""
    uploads = Upload.objects.filter(owner=user).select_related("course", "lecture")
    return uploads.annotate(run_id=Max("lecture__recording__runs__pk"))


def upload_row(upload: Any) -> UploadRow:
    """Return the JSON of an upload from `uploads_of`."""
    return {
        "id": str(upload.pk),
        "state": upload.state,
        "offset_bytes": received_bytes(upload),
        "length_bytes": upload.length_bytes,
        "filename": upload.filename,
        "title": upload.title,
        "course": upload.course.slug,
        "fingerprint": upload.fingerprint,
        "expires_at": upload.expires_at.isoformat(),
        "lecture_id": upload.lecture_id,
        "run_id": upload.run_id,
        "report_url": upload.lecture.get_absolute_url() if upload.lecture else None,
        "error": _error_row(upload),
    }


def _error_row(upload: Upload) -> ErrorRow | None:
    if not upload.error_code:
        return None
    return {"code": upload.error_code, "message": upload.error_message, "remedy": upload.error_remedy}
