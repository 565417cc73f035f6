"""Suggests whom tracks show, by the references of those who agreed. It names nobody: a teacher does (decision 0012).

While a run works, the sum of each track's embeddings waits encrypted; when it is done they are compared once and
deleted. Where nobody in the course has a reference, not even that is kept.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping

import numpy as np
from django.conf import settings
from django.db import transaction
from kombu.exceptions import OperationalError as BrokerError

from courses.models import Course, Enrollment, Mode, Permission, ReferencePhoto, Student, User
from courses.policy import Purpose, allows
from courses.services.permissions import permission_withdraw, students_permitted
from courses.services.references import reference_delete, references_of
from courses.services.sealing import SealError, installation_key, seal, unseal
from inference.models import AnalysisRun, FaceTrack, TrackEmbedding, TrackSuggestion
from inference.together import pairs_together, seen_times
from inference.vision.sights import TakenEmbedding
from inference.vision.stages.identify import (
    FaceSum,
    Suggestion,
    bands_path,
    gallery_of,
    load_bands,
    suggest,
    sums_of,
)
from inference.vision.weights import WeightsError, card_path, load_card, verify

FAMILY = "facenet"
logger = logging.getLogger(__name__)


def is_wanted(run: AnalysisRun) -> bool:
    """Say whether tracks of the run may be compared with anybody: mode, policy, permission and references agree."""
    course = run.recording.lecture.course
    if run.mode != Mode.INDIVIDUAL or not allows(Purpose.IDENTIFY, institution=course.institution, course=course):
        return False
    ready = ReferencePhoto.objects.filter(enrollment__course=course, state=ReferencePhoto.State.READY)
    return ready.filter(enrollment__student__in=students_permitted(course)).exists()


def embeddings_keep(
    run: AnalysisRun, part_index: int, taken: Iterable[TakenEmbedding], tracks: Mapping[int, FaceTrack]
) -> None:
    """Keep what a part's embeddings add up to, encrypted, inside the transaction that stores the part."""
    sums = {number: faces for number, faces in sums_of(taken).items() if number in tracks}
    if not sums or not is_wanted(run):
        return
    key, place = installation_key("faces"), _place(run, part_index)
    TrackEmbedding.objects.bulk_create(
        TrackEmbedding(
            institution_id=run.institution_id,
            track=tracks[number],
            part_index=part_index,
            n_faces=faces.n,
            sealed_total=seal(faces.total.astype("<f4").tobytes(), key=key, place=place),
        )
        for number, faces in sums.items()
    )


@transaction.atomic
def suggestions_make(run: AnalysisRun) -> int:
    """Compare the run's tracks with the references once, forget the embeddings, and return how many are suggested.

    What cannot be compared - other weights, another key, no permission any more - is left without a suggestion.
    """
    try:
        found = _compared(run) if is_wanted(run) else []
    except (WeightsError, SealError) as error:
        logger.warning("No track is compared with references: %s", error)
        found = []
    embeddings_forget(run.pk)
    TrackSuggestion.objects.filter(track__run=run, source=TrackSuggestion.Source.FACE).delete()
    sha256 = load_card(card_path(FAMILY)).sha256 if found else ""
    TrackSuggestion.objects.bulk_create(
        TrackSuggestion(
            institution_id=run.institution_id,
            track_id=item.number,
            student_id=item.person,
            source=TrackSuggestion.Source.FACE,
            band=item.band,
            score=item.score,
            weights_sha256=sha256,
        )
        for item in found
    )
    return len(found)


def embeddings_forget(run_id: int) -> None:
    """Delete what is kept of the faces of a run that is over, however it ended."""
    TrackEmbedding.objects.filter(track__run=run_id).delete()


def names_ask(run: AnalysisRun) -> None:
    """Let a worker read the names on the tiles of a finished run, where that is on."""
    from inference.tasks import read_names

    if not settings.ANALYSIS_READ_NAMES:
        return
    try:
        read_names.delay(run.pk)
    except BrokerError:
        logger.warning("The broker cannot be reached; the names on the tiles of run %d are not read.", run.pk)


@transaction.atomic
def identification_withdraw(enrollment: Enrollment, *, user: User) -> Permission:
    """Save that a student is not to be recognised any more; references and suggestions go at once."""
    permission = permission_withdraw(enrollment, recorded_by=user)
    suggestions_forget(enrollment.student, enrollment.course)
    return permission


@transaction.atomic
def reference_remove(photo: ReferencePhoto) -> None:
    """Delete a reference; with the last one the suggestions go that came of it."""
    enrollment = photo.enrollment
    reference_delete(photo)
    if not ReferencePhoto.objects.filter(enrollment=enrollment, state=ReferencePhoto.State.READY).exists():
        suggestions_forget(enrollment.student, enrollment.course)


def suggestions_forget(student: Student, course: Course) -> None:
    """Delete all suggestions that a student's face made in the course's recordings."""
    rows = TrackSuggestion.objects.filter(student=student, source=TrackSuggestion.Source.FACE)
    rows.filter(track__run__recording__lecture__course=course).delete()


def _compared(run: AnalysisRun) -> list[Suggestion]:
    """Return the suggestions, with the ids of tracks and students."""
    card = verify(load_card(card_path(FAMILY)))
    bands = load_bands(bands_path(FAMILY), weights_sha256=card.sha256)
    gallery = gallery_of(references_of(run.recording.lecture.course, weights_sha256=card.sha256))
    return suggest(_sums(run), gallery, bands, together=pairs_together(seen_times(run)))


def _sums(run: AnalysisRun) -> dict[int, FaceSum]:
    key = installation_key("faces")
    sums: dict[int, FaceSum] = {}
    for row in TrackEmbedding.objects.filter(track__run=run, track__role=FaceTrack.Role.STUDENT):
        data = unseal(bytes(row.sealed_total), key=key, place=_place(run, row.part_index))
        faces = FaceSum(np.frombuffer(data, "<f4").astype(np.float32), row.n_faces)
        sums[row.track_id] = sums[row.track_id] + faces if row.track_id in sums else faces
    return sums


def _place(run: AnalysisRun, part_index: int) -> str:
    # Not of a track: tracks are joined at the seams of a run that several workers read.
    return f"faces of part {part_index} of run {run.pk}"
