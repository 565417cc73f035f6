"""Resumable uploads of recordings: tus 1.0 with creation, termination, expiration and checksum."""

from __future__ import annotations

import uuid
from datetime import datetime
from pathlib import PurePosixPath

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from courses.access import get_course_for, get_upload_for
from courses.models import Upload
from courses.services.upload_errors import UploadError, ended
from courses.services.uploads import upload_append, upload_create, upload_terminate
from dashboard.api import tus
from dashboard.api.errors import ApiError
from dashboard.api.intake import upload_finish
from dashboard.api.tus_view import TusView, signed_in
from dashboard.api.upload_rows import upload_row, uploads_of

MOST_LISTED = 100


class UploadListView(TusView):
    """/api/uploads/"""

    def get(self, request: HttpRequest) -> HttpResponse:
        """List the user's own uploads; `state` and `course` narrow it."""
        state = request.GET.get("state", Upload.State.RECEIVING)
        uploads = uploads_of(signed_in(request)).filter(state=state)
        if state == Upload.State.RECEIVING:
            uploads = uploads.filter(expires_at__gt=timezone.now())
        if course := request.GET.get("course"):
            uploads = uploads.filter(course__slug=course)
        return JsonResponse([upload_row(upload) for upload in uploads[:MOST_LISTED]], safe=False)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Create an upload; with a body, take its first piece too."""
        upload, is_new = _create(request)
        if is_new and request.content_type == tus.CONTENT_TYPE:
            upload = _append(request, upload, offset_bytes=0)
        location = reverse("upload", args=[upload.pk])
        headers = {"Location": location, **tus.upload_headers(upload)}
        return HttpResponse(status=201 if is_new else 200, headers=headers)


class UploadView(TusView):
    """/api/uploads/<id>/"""

    def get(self, request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
        """Say how the upload stands; finish one that a stopped server left between receiving and checking."""
        upload = get_upload_for(signed_in(request), upload_id)
        if upload.state == Upload.State.CHECKING:
            _finish_unless_busy(upload)
        return JsonResponse(upload_row(uploads_of(signed_in(request)).get(pk=upload.pk)))

    def head(self, request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
        """Say where to go on."""
        upload = get_upload_for(signed_in(request), upload_id)
        is_over = upload.state in {Upload.State.REFUSED, Upload.State.EXPIRED}
        if is_over or (upload.state == Upload.State.RECEIVING and upload.expires_at <= timezone.now()):
            raise ended()
        return HttpResponse(headers=tus.upload_headers(upload))

    def patch(self, request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
        """Take a piece; with the last one the file is checked and its analysis requested."""
        upload = get_upload_for(signed_in(request), upload_id)
        tus.require_content_type(request)
        upload = _append(request, upload, offset_bytes=tus.whole_number(request, "Upload-Offset"))
        return HttpResponse(status=204, headers=tus.upload_headers(upload))

    def delete(self, request: HttpRequest, upload_id: uuid.UUID) -> HttpResponse:
        """Forget the upload."""
        upload_terminate(get_upload_for(signed_in(request), upload_id))
        return HttpResponse(status=204)


def _create(request: HttpRequest) -> tuple[Upload, bool]:
    metadata = tus.metadata(request)
    user = signed_in(request)
    course = get_course_for(user, metadata.get("course", ""))
    return upload_create(
        course,
        owner=user,
        filename=_plain_name(metadata.get("filename", "")),
        length_bytes=tus.whole_number(request, "Upload-Length"),
        fingerprint=metadata.get("fingerprint", ""),
        title=metadata.get("title", ""),
        held_at=_time(metadata.get("held_at", "")),
    )


def _append(request: HttpRequest, upload: Upload, *, offset_bytes: int) -> Upload:
    upload = upload_append(upload, offset_bytes=offset_bytes, stream=request, checksum=tus.checksum(request))
    if upload.state != Upload.State.CHECKING:
        return upload
    upload = upload_finish(upload)
    if upload.state == Upload.State.REFUSED:
        raise UploadError(upload.error_code, upload.error_message, upload.error_remedy)
    return upload


def _finish_unless_busy(upload: Upload) -> None:
    try:
        upload_finish(upload)
    except UploadError as error:
        if error.code != "locked":
            raise


def _plain_name(filename: str) -> str:
    """Return the last part of what some browsers send as a path."""
    name = PurePosixPath(filename.replace("\\", "/")).name
    if not name:
        raise ApiError(400, "metadata", _("Upload-Metadata must name the file (filename)."))
    return name


def _time(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = parse_datetime(text)
    except ValueError:
        moment = None
    if moment is None:
        raise ApiError(400, "metadata", _("held_at must be a time such as 2026-11-21T09:00:00Z."))
    return moment if timezone.is_aware(moment) else timezone.make_aware(moment)
