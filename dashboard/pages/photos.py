"""A student's permission to be recognised, and the photos that their face is compared with."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import ValidationError
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from courses.access import get_course_for
from courses.models import Enrollment, Permission, ReferencePhoto, User
from courses.policy import Purpose, require
from courses.services.permissions import permission_of, permission_record
from courses.services.references import MOST_REFERENCES, MOST_REQUEST_BYTES, ReferenceRefused, reference_add
from dashboard.pages.users import reader
from inference.identity import identification_withdraw, reference_remove
from inference.services import photo_send

SEE_OTHER = 303


@csrf_exempt
def student_photos(request: HttpRequest, slug: str, student_id: int) -> HttpResponse:
    """Show a student's references, or do what one of the page's forms asks for.

    Files are only ever taken into memory, which has to be said before the CSRF check reads the form.
    """
    if int(request.META.get("CONTENT_LENGTH") or 0) > MOST_REQUEST_BYTES:
        return render(request, "413.html", status=413)
    request.upload_handlers = [MemoryFileUploadHandler(request)]
    return _student_photos(request, slug, student_id)


@require_http_methods(["GET", "HEAD", "POST"])
@csrf_protect
@login_required
@never_cache
def _student_photos(request: HttpRequest, slug: str, student_id: int) -> HttpResponse:
    enrollment = _allowed_enrollment(reader(request), slug, student_id)
    if request.method != "POST":
        return render(request, "dashboard/pages/photos.html", _context(enrollment))
    action = {"add": _add, "permit": _permit, "withdraw": _withdraw}.get(request.POST.get("action", ""))
    if action is None:
        return HttpResponseBadRequest()
    action(request, enrollment)
    return _back(enrollment)


@require_POST
@login_required
def photo_delete(request: HttpRequest, slug: str, student_id: int, photo_id: int) -> HttpResponse:
    """Delete one reference; what came of it goes too."""
    enrollment = _allowed_enrollment(reader(request), slug, student_id)
    photo = get_object_or_404(enrollment.references.select_related("enrollment__student"), pk=photo_id)
    photo.enrollment = enrollment
    reference_remove(photo)
    messages.success(request, _("Deleted."))
    return _back(enrollment)


def _allowed_enrollment(user: User, slug: str, student_id: int) -> Enrollment:
    """Return the student's place in the course, or refuse with 404 or, where the policy forbids it, 451."""
    course = get_course_for(user, slug)
    rows = Enrollment.objects.select_related("student", "course__institution")
    enrollment = get_object_or_404(rows, course=course, student=student_id)
    require(Purpose.IDENTIFY, institution=course.institution, course=course)
    return enrollment


def _context(enrollment: Enrollment) -> dict[str, Any]:
    photos = list(ReferencePhoto.objects.filter(enrollment=enrollment).select_related("added_by"))
    kept = [photo for photo in photos if photo.state != ReferencePhoto.State.REJECTED]
    return {
        "course": enrollment.course,
        "student": enrollment.student,
        "permission": permission_of(enrollment),
        "photos": photos,
        "is_waiting": any(photo.state == ReferencePhoto.State.WAITING and not photo.is_lost for photo in photos),
        "n_left": MOST_REFERENCES - len(kept),
        "bases": Permission.Basis.choices,
        "lost": ReferencePhoto.Fault.LOST.label,
        "today": timezone.localdate(),
        "tab": "roster",
    }


def _permit(request: HttpRequest, enrollment: Enrollment) -> None:
    try:
        permission_record(
            enrollment,
            basis=request.POST.get("basis", ""),
            decided_on=_day(request.POST.get("decided_on", "")),
            guardian=request.POST.get("guardian", ""),
            recorded_by=reader(request),
        )
    except ValidationError as error:
        messages.error(request, " ".join(error.messages))
    else:
        messages.success(request, _("The permission is recorded."))


def _withdraw(request: HttpRequest, enrollment: Enrollment) -> None:
    identification_withdraw(enrollment, user=reader(request))
    messages.success(request, _("Withdrawn. All references and suggestions are deleted."))


def _add(request: HttpRequest, enrollment: Enrollment) -> None:
    files = request.FILES.getlist("photos")
    if not files:
        messages.error(request, _("Choose a photo first."))
    for file in files:
        try:
            photo = reference_add(enrollment, content=file.read(), added_by=reader(request))
        except ReferenceRefused as error:
            messages.error(request, f"{error.message} {error.remedy}")
            return
        photo_send(photo)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValidationError(_("Write the day like 2026-11-21.")) from error


def _back(enrollment: Enrollment) -> HttpResponseRedirect:
    address = reverse("student-photos", args=[enrollment.course.slug, enrollment.student_id])
    return HttpResponseRedirect(address, status=SEE_OTHER)
