"""Reads the photos that wait to become references: what the worker does, with everything that loads torch."""

from __future__ import annotations

import logging
from functools import lru_cache

from django.conf import settings

from courses.models import ReferencePhoto
from courses.policy import PolicyDenied, Purpose, require
from courses.services.permissions import permission_of
from courses.services.photo_spool import SpoolAway
from courses.services.references import reference_ready, reference_reject, reference_take
from courses.services.sealing import SealError
from inference.vision.portrait import PortraitError, PortraitReader, load_portrait_reader
from inference.vision.weights import WeightsError

Fault = ReferencePhoto.Fault
logger = logging.getLogger(__name__)


def reference_read(photo_id: int) -> None:
    """Turn a waiting photo into an embedding, or say why it cannot be one; nothing to do where it waits no more."""
    rows = ReferencePhoto.objects.select_related("enrollment__course__institution", "enrollment__student")
    photo = rows.filter(pk=photo_id, state=ReferencePhoto.State.WAITING).first()
    if photo is None:
        return
    try:
        _read(photo)
    except PortraitError as error:
        reference_reject(photo, error.fault)
    except PolicyDenied:
        reference_reject(photo, Fault.FORBIDDEN)
    except (LookupError, SpoolAway, SealError):
        reference_reject(photo, Fault.LOST)
    except WeightsError as error:
        logger.warning("Reference photos cannot be read: %s", error)
        reference_reject(photo, Fault.FAILED)
    except Exception:
        logger.exception("Reading the reference photo %d failed.", photo_id)
        reference_reject(photo, Fault.FAILED)


def _read(photo: ReferencePhoto) -> None:
    """Ask the policy and the permission before any weights are opened; the bytes are dropped on return."""
    course = photo.enrollment.course
    require(Purpose.IDENTIFY, institution=course.institution, course=course)
    if permission_of(photo.enrollment) is None:
        reference_reject(photo, Fault.FORBIDDEN)
        return
    content = reference_take(photo)
    reader = _reader(settings.ANALYSIS_DEVICE)
    portrait = reader(content)
    reference_ready(photo, vector=portrait.vector, quality=portrait.quality, weights_sha256=reader.card.sha256)


@lru_cache(maxsize=1)
def _reader(device: str) -> PortraitReader:
    """Keep what a worker process has opened."""
    return load_portrait_reader(device)
