"""Suggestions: made of those who agreed alone, from sums that are forgotten, and gone with the permission."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pytest
from django.utils import timezone

from courses.models import Course, Enrollment, Mode, ReferencePhoto, Student, User
from courses.services.permissions import permission_record
from courses.services.references import reference_add, reference_ready
from inference import execution, identity, references, services
from inference.keepers import StoredParts
from inference.lease import Lease
from inference.models import AnalysisRun, FaceTrack, SegmentScore, TrackEmbedding, TrackSuggestion
from inference.vision.media import MediaError
from inference.vision.portrait import Portrait, PortraitError
from inference.vision.sights import TakenEmbedding
from inference.vision.types import FloatArray, Part
from inference.vision.weights import WeightsError, card_path, load_card
from tests import factories
from tests.courses.test_references import whole_database
from tests.inference.parts import CARD_LABELS, parts

SHA = load_card(card_path("facenet")).sha256
pytestmark = pytest.mark.django_db


def face(k: int) -> FloatArray:
    """Return an embedding that is as far from all others as strangers are."""
    return np.asarray(np.eye(128)[k], np.float32)


def enrolled(course: Course, name: str) -> Enrollment:
    student = factories.enroll(course, name=name)[0]
    return Enrollment.objects.select_related("course__institution", "student").get(student=student)


def referenced(course: Course, user: User, name: str, k: int, *, sha256: str = SHA) -> Enrollment:
    """Enrol someone who agreed, with one reference."""
    found = enrolled(course, name)
    permission_record(found, basis="consent", decided_on=timezone.localdate(), recorded_by=user)
    photo = reference_add(found, content=b"picture", added_by=user)
    reference_ready(photo, vector=face(k), quality=0.9, weights_sha256=sha256)
    return found


def keep(run: AnalysisRun, faces: dict[int, int], *, part: int = 0, count: int = 6) -> None:
    """Keep embeddings of the run's tracks, of the faces that they show."""
    tracks = {track.number: track for track in FaceTrack.objects.filter(run=run)}
    taken = [TakenEmbedding(number, 60.0 * part + t, 0.8, face(k)) for number, k in faces.items() for t in range(count)]
    identity.embeddings_keep(run, part, taken, tracks)


def suggested(run: AnalysisRun) -> dict[int, tuple[str, str]]:
    rows = TrackSuggestion.objects.filter(track__run=run).values_list("track__number", "student__name", "band")
    return {number: (name, band) for number, name, band in rows}


@pytest.fixture
def ada(finished: AnalysisRun, course: Course, alice: User) -> Enrollment:
    return referenced(course, alice, "Ada", 0)


def test_a_track_that_is_like_a_reference_is_suggested_and_not_named(finished: AnalysisRun, ada: Enrollment) -> None:
    keep(finished, {1: 0, 2: 7})
    assert identity.suggestions_make(finished) == 1
    assert suggested(finished) == {1: ("Ada", "likely")}
    assert not FaceTrack.objects.filter(student__isnull=False).exists()
    assert not SegmentScore.objects.filter(student__isnull=False).exists()


def test_parts_vote_together(finished: AnalysisRun, ada: Enrollment) -> None:
    for part, k in enumerate((0, 0, 0, 9)):
        keep(finished, {1: k}, part=part, count=2)
    identity.suggestions_make(finished)
    assert suggested(finished)[1] == ("Ada", "likely")


def test_of_two_seen_together_the_nearer_one_is_suggested(finished: AnalysisRun, ada: Enrollment) -> None:
    keep(finished, {1: 0, 2: 0})
    keep(finished, {2: 9}, part=1, count=2)
    identity.suggestions_make(finished)
    assert suggested(finished) == {1: ("Ada", "likely")}


def test_embeddings_are_kept_encrypted_and_forgotten_when_the_run_is_done(
    finished: AnalysisRun, ada: Enrollment
) -> None:
    keep(finished, {1: 0, 2: 7})
    assert TrackEmbedding.objects.count() == 2
    assert (face(7) * np.float32(4.8)).tobytes()[24:32] not in whole_database()
    identity.suggestions_make(finished)
    assert not TrackEmbedding.objects.exists()


def test_where_nobody_agreed_not_even_sums_are_kept(finished: AnalysisRun, course: Course) -> None:
    enrolled(course, "Ben")
    keep(finished, {1: 0})
    assert not TrackEmbedding.objects.exists()
    assert identity.suggestions_make(finished) == 0


@pytest.mark.parametrize("mode", [Mode.AGGREGATE, Mode.OBSERVABLE])
def test_a_stricter_policy_keeps_and_compares_nothing(finished: AnalysisRun, ada: Enrollment, mode: Mode) -> None:
    keep(finished, {1: 0})
    factories.policy(finished.institution, mode)
    keep(finished, {2: 0}, part=1)
    assert TrackEmbedding.objects.count() == 1
    assert identity.suggestions_make(finished) == 0
    assert not TrackEmbedding.objects.exists()


def test_references_of_other_weights_or_another_key_suggest_nobody(
    finished: AnalysisRun, course: Course, alice: User, settings: Any
) -> None:
    referenced(course, alice, "Old", 3, sha256="0" * 64)
    keep(finished, {1: 3})
    assert identity.suggestions_make(finished) == 0
    referenced(course, alice, "Ada", 0)
    keep(finished, {1: 0})
    settings.EMBEDDING_KEY = "another"
    assert identity.suggestions_make(finished) == 0


def test_thresholds_of_other_weights_suggest_nobody(
    finished: AnalysisRun, ada: Enrollment, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_arguments: object, **_options: object) -> None:
        raise WeightsError("other weights")

    keep(finished, {1: 0})
    monkeypatch.setattr(identity, "load_bands", refuse)
    assert identity.suggestions_make(finished) == 0
    assert not TrackEmbedding.objects.exists()


def test_withdrawal_takes_references_and_suggestions_along(finished: AnalysisRun, ada: Enrollment, alice: User) -> None:
    keep(finished, {1: 0})
    identity.suggestions_make(finished)
    identity.identification_withdraw(ada, user=alice)
    assert not TrackSuggestion.objects.exists()
    assert not ReferencePhoto.objects.exists()
    assert not identity.is_wanted(finished)


def test_who_withdraws_while_a_run_works_is_not_suggested(
    finished: AnalysisRun, ada: Enrollment, course: Course, alice: User
) -> None:
    referenced(course, alice, "Eve", 5)
    keep(finished, {1: 0, 2: 5})
    identity.identification_withdraw(ada, user=alice)
    identity.suggestions_make(finished)
    assert suggested(finished) == {2: ("Eve", "likely")}


def test_with_the_last_reference_its_suggestions_go(finished: AnalysisRun, ada: Enrollment) -> None:
    keep(finished, {1: 0})
    identity.suggestions_make(finished)
    identity.reference_remove(ReferencePhoto.objects.select_related("enrollment__student", "enrollment__course").get())
    assert not TrackSuggestion.objects.exists()


def test_a_deleted_student_leaves_no_suggestion(finished: AnalysisRun, ada: Enrollment) -> None:
    keep(finished, {1: 0})
    identity.suggestions_make(finished)
    Student.objects.filter(pk=ada.student_id).update(name="Ada Unique-Lovelace")
    Student.objects.get(pk=ada.student_id).delete()
    assert not TrackSuggestion.objects.exists()
    assert b"Unique-Lovelace" not in whole_database()


def test_a_second_run_of_the_same_suggestions_replaces_them(finished: AnalysisRun, ada: Enrollment) -> None:
    for _time in range(2):
        keep(finished, {1: 0})
        identity.suggestions_make(finished)
    assert TrackSuggestion.objects.count() == 1


class TestRun:
    """From parts to suggestions, by the keeper that a worker uses."""

    @pytest.fixture
    def stored(self, run: AnalysisRun, lease: Lease, course: Course, alice: User) -> StoredParts:
        referenced(course, alice, "Ada", 0)
        keeper = StoredParts(lease, run, CARD_LABELS)
        for part in parts(tracks=(1, 2)):
            times_s = (part.start_s, part.start_s + 15, part.start_s + 30)
            taken = tuple(TakenEmbedding(n, t, 0.8, face(k)) for t in times_s for n, k in ((1, 0), (2, 7)))
            facts = {name: getattr(part, name) for name in Part.__slots__}
            keeper.add(Part(**{**facts, "taken": taken}))
        return keeper

    def test_a_finished_run_suggests_and_forgets(self, stored: StoredParts, run: AnalysisRun) -> None:
        assert TrackEmbedding.objects.count() == 6
        stored.finish()
        assert suggested(run) == {1: ("Ada", "likely")}
        assert not TrackEmbedding.objects.exists()

    def test_a_failed_run_forgets(self, stored: StoredParts, lease: Lease) -> None:
        execution._fail(lease, MediaError("broken", "Broken.", "Upload again."))
        assert not TrackEmbedding.objects.exists()

    def test_a_cancelled_run_forgets(self, stored: StoredParts, run: AnalysisRun) -> None:
        AnalysisRun.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
        services.run_cancel(run)
        assert not TrackEmbedding.objects.exists()


class TestReading:
    @pytest.fixture
    def waiting(self, course: Course, alice: User) -> ReferencePhoto:
        found = enrolled(course, "Ada")
        permission_record(found, basis="consent", decided_on=timezone.localdate(), recorded_by=alice)
        return reference_add(found, content=b"picture", added_by=alice)

    @pytest.fixture
    def opened(self, monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
        """Return what reached the networks; they find a face unless the picture says otherwise."""
        seen: list[bytes] = []

        class Reader:
            card = load_card(card_path("facenet"))

            def __call__(self, content: bytes) -> Portrait:
                seen.append(content)
                return Portrait(face(4), 0.7)

        monkeypatch.setattr(references, "_reader", lambda _device: Reader())
        return seen

    def state(self) -> tuple[str, str]:
        row = ReferencePhoto.objects.get()
        return row.state, row.fault

    def test_a_waiting_photo_becomes_a_reference(self, waiting: ReferencePhoto, opened: list[bytes]) -> None:
        references.reference_read(waiting.pk)
        row = ReferencePhoto.objects.get()
        assert (row.state, row.quality, row.weights_sha256, row.photo_key) == ("ready", 0.7, SHA, None)
        assert opened == [b"picture"]

    def test_a_message_that_comes_twice_changes_nothing(self, waiting: ReferencePhoto, opened: list[bytes]) -> None:
        for _time in range(2):
            references.reference_read(waiting.pk)
        assert self.state() == ("ready", "")
        assert len(opened) == 1

    @pytest.mark.parametrize("fault", ["no_face", "several", "small", "blurred", "unreadable"])
    def test_an_unusable_photo_says_why(
        self, waiting: ReferencePhoto, monkeypatch: pytest.MonkeyPatch, fault: Any
    ) -> None:
        def refuse(_content: bytes) -> Portrait:
            raise PortraitError(fault)

        monkeypatch.setattr(references, "_reader", lambda _device: refuse)
        references.reference_read(waiting.pk)
        assert self.state() == ("rejected", fault)
        assert ReferencePhoto.objects.get().get_fault_display() != fault

    def test_an_error_of_any_kind_leaves_no_photo_waiting(
        self, waiting: ReferencePhoto, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(_device: str) -> None:
            raise RuntimeError

        monkeypatch.setattr(references, "_reader", fail)
        references.reference_read(waiting.pk)
        assert self.state() == ("rejected", "failed")

    def test_a_photo_that_is_gone_is_lost(self, waiting: ReferencePhoto, opened: list[bytes]) -> None:
        ReferencePhoto.objects.update(photo_key=None)
        references.reference_read(waiting.pk)
        assert self.state() == ("rejected", "lost")
        assert opened == []

    def test_the_policy_is_asked_before_weights_are_opened(self, waiting: ReferencePhoto, opened: list[bytes]) -> None:
        factories.policy(waiting.institution, Mode.AGGREGATE)
        references.reference_read(waiting.pk)
        assert self.state() == ("rejected", "forbidden")
        assert opened == []

    def test_a_withdrawn_permission_leaves_nothing_to_read(
        self, waiting: ReferencePhoto, opened: list[bytes], alice: User
    ) -> None:
        identity.identification_withdraw(waiting.enrollment, user=alice)
        references.reference_read(waiting.pk)
        assert opened == []
        assert not ReferencePhoto.objects.exists()
