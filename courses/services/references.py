"""Reference photos: sealed while they wait, turned into embeddings by a worker, and gone with the permission."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from django_stubs_ext import StrPromise

from courses.models import Course, Enrollment, ReferencePhoto, User
from courses.policy import Purpose, require
from courses.services.permissions import permission_of, students_permitted
from courses.services.photo_spool import SpoolAway, photo_put, photo_take
from courses.services.sealing import installation_key, new_key, seal, unseal

MOST_REFERENCES = 5
# Shrunk in the browser, a photo has about 0.3 MB; larger requests would be written to the disk on their way.
MOST_BYTES = 2 * 1024**2
# With what a form adds. Django holds requests of up to 2.5 MiB in memory and writes larger ones to the disk.
MOST_REQUEST_BYTES = MOST_BYTES + 64 * 1024
State, Fault = ReferencePhoto.State, ReferencePhoto.Fault
Vector = npt.NDArray[np.float32]


@dataclass
class ReferenceRefused(Exception):
    """A photo that cannot be added now, and what to do."""

    message: StrPromise | str
    remedy: StrPromise | str


def reference_add(enrollment: Enrollment, *, content: bytes, added_by: User) -> ReferencePhoto:
    """Save that a photo waits; its bytes wait encrypted, apart from the key.

    Raises:
        PolicyDenied: the policy does not allow identification.
        ReferenceRefused: no permission, too many or too large photos, or the broker is away.
    """
    course = enrollment.course
    require(Purpose.IDENTIFY, institution=course.institution, course=course)
    _check(enrollment, content)
    key = new_key()
    with transaction.atomic():
        photo = ReferencePhoto.objects.create(
            institution_id=enrollment.institution_id, enrollment=enrollment, added_by=added_by, photo_key=key
        )
        try:
            photo_put(photo.pk, seal(content, key=key, place=_place(photo)))
        except SpoolAway as error:
            raise ReferenceRefused(_("Photos cannot be taken just now."), _("Try again in a minute.")) from error
    return photo


def reference_take(photo: ReferencePhoto) -> bytes:
    """Return the bytes of a waiting photo; from now on nobody can read them again.

    Raises:
        LookupError: they are gone.
    """
    key, photo.photo_key = photo.photo_key, None
    photo.save(update_fields=["photo_key"])
    sealed = photo_take(photo.pk)
    if sealed is None or key is None:
        raise LookupError(photo.pk)
    return unseal(sealed, key=bytes(key), place=_place(photo))


def reference_ready(photo: ReferencePhoto, *, vector: Vector, quality: float, weights_sha256: str) -> None:
    """Keep the embedding, encrypted; nothing where the photo or its permission went away in the meantime."""
    data = vector.astype("<f4").tobytes()
    ReferencePhoto.objects.filter(pk=photo.pk, state=State.WAITING).update(
        state=State.READY,
        sealed_vector=seal(data, key=installation_key("references"), place=_place(photo)),
        weights_sha256=weights_sha256,
        quality=quality,
        photo_key=None,
    )


def reference_reject(photo: ReferencePhoto, fault: str) -> None:
    """Say why a photo cannot be used."""
    waiting = ReferencePhoto.objects.filter(pk=photo.pk, state=State.WAITING)
    waiting.update(state=State.REJECTED, fault=fault, photo_key=None)


def reference_delete(photo: ReferencePhoto) -> None:
    """Delete the reference and, where it still waits, its picture."""
    number = photo.pk
    photo.delete()
    try:
        photo_take(number)
    except SpoolAway:
        # Without the row there is no key to it, and the broker forgets it by itself.
        return


def references_of(course: Course, *, weights_sha256: str) -> dict[int, list[Vector]]:
    """Return the unit embeddings of each student who agreed, made by these weights, by the student's id.

    Raises:
        SealError: the installation's key was changed.
    """
    rows = ReferencePhoto.objects.filter(
        enrollment__course=course,
        enrollment__student__in=students_permitted(course),
        state=State.READY,
        weights_sha256=weights_sha256,
    ).select_related("enrollment")
    key = installation_key("references")
    found: dict[int, list[Vector]] = defaultdict(list)
    for photo in rows:
        data = unseal(bytes(photo.sealed_vector or b""), key=key, place=_place(photo))
        found[photo.enrollment.student_id].append(np.frombuffer(data, "<f4").astype(np.float32))
    return dict(found)


def _check(enrollment: Enrollment, content: bytes) -> None:
    if permission_of(enrollment) is None:
        raise ReferenceRefused(_("No permission is recorded."), _("Record the student's permission first."))
    if len(content) > MOST_BYTES:
        raise ReferenceRefused(_("The photo is larger than 2 MB."), _("Make it smaller: 1000 pixels are plenty."))
    kept = ReferencePhoto.objects.filter(enrollment=enrollment).exclude(state=State.REJECTED).count()
    if kept >= MOST_REFERENCES:
        raise ReferenceRefused(_("There are five photos already."), _("Delete one first."))


def _place(photo: ReferencePhoto) -> str:
    """Return where sealed bytes belong: one photo of one enrolment."""
    return f"reference {photo.pk} of enrollment {photo.enrollment_id}"
