"""Permissions and reference photos: opt-in, append-only, sealed, and gone when withdrawn."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone

from courses.models import Course, Enrollment, Mode, Permission, ReferencePhoto, Student, User
from courses.models.references import PHOTO_LIVES_S, AppendOnlyError
from courses.policy import PolicyDenied, Purpose, require
from courses.services import photo_spool
from courses.services.permissions import permission_of, permission_record, permission_withdraw, students_permitted
from courses.services.references import (
    MOST_BYTES,
    MOST_REFERENCES,
    ReferenceRefused,
    reference_add,
    reference_delete,
    reference_ready,
    reference_reject,
    reference_take,
    references_of,
)
from courses.services.sealing import SealError, installation_key, new_key, seal, unseal
from tests import factories

SHA = "a" * 64
VECTOR = np.eye(1, 128, dtype=np.float32)[0]
PICTURE = b"a picture of Ada's face"
pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(course: Course) -> Enrollment:
    student = factories.enroll(course, name="Ada")[0]
    return Enrollment.objects.select_related("course__institution").get(student=student)


@pytest.fixture
def permitted(ada: Enrollment, alice: User) -> Enrollment:
    permission_record(ada, basis="consent", decided_on=timezone.localdate(), recorded_by=alice)
    return ada


@pytest.fixture
def ready(permitted: Enrollment, alice: User) -> ReferencePhoto:
    photo = reference_add(permitted, content=PICTURE, added_by=alice)
    reference_ready(photo, vector=VECTOR, quality=0.9, weights_sha256=SHA)
    photo.refresh_from_db()
    return photo


def whole_database() -> bytes:
    """Return every value of every table, as text and as bytes."""
    found: list[bytes] = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
            found += [bytes(v) if isinstance(v, memoryview | bytes) else str(v).encode() for r in cursor for v in r]
    return b"\n".join(found)


class TestPermission:
    def test_nobody_is_permitted_before_it_is_recorded(self, ada: Enrollment) -> None:
        assert permission_of(ada) is None
        assert students_permitted(ada.course) == set()

    def test_the_newest_row_rules(self, permitted: Enrollment, alice: User) -> None:
        assert students_permitted(permitted.course) == {permitted.student_id}
        permission_withdraw(permitted, recorded_by=alice)
        assert permission_of(permitted) is None
        permission_record(permitted, basis="law", decided_on=timezone.localdate(), recorded_by=alice)
        assert students_permitted(permitted.course) == {permitted.student_id}
        assert Permission.objects.count() == 3

    def test_rows_are_never_changed_or_removed(self, permitted: Enrollment) -> None:
        row = Permission.objects.get()
        row.is_granted = False
        for change in (row.save, row.delete, Permission.objects.all().delete):
            with pytest.raises(AppendOnlyError):
                change()
        with pytest.raises(AppendOnlyError):
            Permission.objects.update(is_granted=False)

    def test_a_permission_holds_in_its_course_alone(self, permitted: Enrollment, course: Course) -> None:
        other = factories.CourseFactory(institution=course.institution)
        assert students_permitted(other) == set()

    @pytest.mark.parametrize(
        ("facts", "field"),
        [
            ({"basis": ""}, "basis"),
            ({"basis": "guardian", "guardian": " "}, "guardian"),
            ({"basis": "hearsay"}, "basis"),
        ],
    )
    def test_an_incomplete_record_is_refused(self, ada: Enrollment, alice: User, facts: Any, field: str) -> None:
        with pytest.raises(ValidationError) as caught:
            permission_record(ada, decided_on=date(2026, 1, 1), recorded_by=alice, **facts)
        assert field in caught.value.message_dict

    def test_a_day_in_the_future_is_refused(self, ada: Enrollment, alice: User) -> None:
        tomorrow = timezone.localdate() + timedelta(days=1)
        with pytest.raises(ValidationError, match="future"):
            permission_record(ada, basis="consent", decided_on=tomorrow, recorded_by=alice)


class TestReference:
    def test_a_photo_waits_encrypted_apart_from_its_key(self, permitted: Enrollment, alice: User) -> None:
        photo = reference_add(permitted, content=PICTURE, added_by=alice)
        sealed = photo_spool.photo_take(photo.pk)
        assert sealed and PICTURE not in sealed
        assert PICTURE not in whole_database()

    def test_a_photo_is_read_once_and_its_key_is_gone(self, permitted: Enrollment, alice: User) -> None:
        photo = reference_add(permitted, content=PICTURE, added_by=alice)
        assert reference_take(photo) == PICTURE
        assert ReferencePhoto.objects.get().photo_key is None
        with pytest.raises(LookupError):
            reference_take(ReferencePhoto.objects.get())

    def test_a_ready_reference_gives_its_embedding_back(self, ready: ReferencePhoto, course: Course) -> None:
        (vector,) = references_of(course, weights_sha256=SHA)[ready.enrollment.student_id]
        np.testing.assert_array_equal(vector, VECTOR)

    def test_an_embedding_is_not_in_the_database_in_the_clear(self, ready: ReferencePhoto) -> None:
        assert VECTOR.tobytes()[:64] not in whole_database()

    def test_another_key_cannot_read_it(self, ready: ReferencePhoto, course: Course, settings: Any) -> None:
        settings.EMBEDDING_KEY = "another"
        with pytest.raises(SealError):
            references_of(course, weights_sha256=SHA)

    def test_embeddings_of_other_weights_do_not_count(self, ready: ReferencePhoto, course: Course) -> None:
        assert references_of(course, weights_sha256="b" * 64) == {}

    def test_withdrawal_deletes_the_references(self, ready: ReferencePhoto, alice: User) -> None:
        permission_withdraw(ready.enrollment, recorded_by=alice)
        assert not ReferencePhoto.objects.exists()

    def test_a_photo_that_is_read_after_the_withdrawal_leaves_nothing(self, permitted: Enrollment, alice: User) -> None:
        photo = reference_add(permitted, content=PICTURE, added_by=alice)
        permission_withdraw(permitted, recorded_by=alice)
        reference_ready(photo, vector=VECTOR, quality=0.9, weights_sha256=SHA)
        assert not ReferencePhoto.objects.exists()

    def test_a_deleted_photo_is_gone_from_the_spool_too(self, permitted: Enrollment, alice: User) -> None:
        photo = reference_add(permitted, content=PICTURE, added_by=alice)
        number = photo.pk
        reference_delete(photo)
        assert photo_spool.photo_take(number) is None

    def test_leaving_the_course_deletes_the_references(self, ready: ReferencePhoto) -> None:
        ready.enrollment.delete()
        assert not ReferencePhoto.objects.exists()

    def test_without_a_permission_no_photo_is_taken(self, ada: Enrollment, alice: User) -> None:
        with pytest.raises(ReferenceRefused, match="permission"):
            reference_add(ada, content=PICTURE, added_by=alice)
        assert not ReferencePhoto.objects.exists()

    def test_a_large_file_and_a_sixth_photo_are_refused(self, permitted: Enrollment, alice: User) -> None:
        with pytest.raises(ReferenceRefused, match="2 MB"):
            reference_add(permitted, content=bytes(MOST_BYTES + 1), added_by=alice)
        photos = [reference_add(permitted, content=PICTURE, added_by=alice) for _k in range(MOST_REFERENCES)]
        with pytest.raises(ReferenceRefused, match="five"):
            reference_add(permitted, content=PICTURE, added_by=alice)
        reference_reject(photos[0], "no_face")
        assert reference_add(permitted, content=PICTURE, added_by=alice).pk

    def test_a_lost_broker_takes_no_photo(self, permitted: Enrollment, alice: User, settings: Any) -> None:
        settings.REDIS_URL = "redis://127.0.0.1:9/0"
        with pytest.raises(ReferenceRefused, match="minute"):
            reference_add(permitted, content=PICTURE, added_by=alice)
        assert not ReferencePhoto.objects.exists()

    def test_a_photo_that_nobody_read_for_a_quarter_of_an_hour_is_lost(
        self, permitted: Enrollment, alice: User
    ) -> None:
        photo = reference_add(permitted, content=PICTURE, added_by=alice)
        assert not photo.is_lost
        photo.created_at -= timedelta(seconds=PHOTO_LIVES_S + 1)
        assert photo.is_lost

    @pytest.mark.parametrize("mode", [Mode.OBSERVABLE, Mode.AGGREGATE])
    def test_a_stricter_policy_takes_no_photo(self, permitted: Enrollment, alice: User, mode: Mode) -> None:
        factories.policy(permitted.institution, mode)
        with pytest.raises(PolicyDenied):
            reference_add(permitted, content=PICTURE, added_by=alice)


@pytest.mark.parametrize(("kind", "is_allowed"), [("school", False), ("university", True)])
def test_schools_of_new_york_recognise_nobody(course: Course, kind: str, is_allowed: bool) -> None:
    from courses.services.policy import policy_record

    now = timezone.now()
    policy_record(
        course.institution, mode=Mode.INDIVIDUAL, region="US-NY", institution_type=kind, signatory="Dean",
        valid_from=now - timedelta(days=1), valid_until=now + timedelta(days=1),
    )  # fmt: skip
    if is_allowed:
        require(Purpose.IDENTIFY, institution=course.institution)
    else:
        with pytest.raises(PolicyDenied):
            require(Purpose.IDENTIFY, institution=course.institution)
    require(Purpose.INDIVIDUAL, institution=course.institution)


class TestErasure:
    @pytest.fixture
    def rows(self, ready: ReferencePhoto) -> ReferencePhoto:
        Student.objects.filter(pk=ready.enrollment.student_id).update(name="Ada Unique-Lovelace", code="X-4711")
        return ready

    def test_a_deleted_student_is_nowhere(self, rows: ReferencePhoto) -> None:
        sealed = bytes(rows.sealed_vector or b"")
        assert sealed in whole_database()
        Student.objects.get(code="X-4711").delete()
        left = whole_database()
        assert sealed not in left
        assert b"Unique-Lovelace" not in left
        assert not Permission.objects.exists()

    def test_a_deleted_course_takes_references_and_permissions_along(self, rows: ReferencePhoto) -> None:
        rows.enrollment.course.delete()
        assert not ReferencePhoto.objects.exists()
        assert not Permission.objects.exists()


def test_what_was_sealed_for_one_place_cannot_be_read_at_another() -> None:
    key = new_key()
    sealed = seal(b"secret", key=key, place="row 1")
    assert unseal(sealed, key=key, place="row 1") == b"secret"
    for data, other, place in (
        (sealed, key, "row 2"),
        (sealed, new_key(), "row 1"),
        (sealed[:-1], key, "row 1"),
        (b"", key, "row 1"),
    ):
        with pytest.raises(SealError):
            unseal(data, key=other, place=place)


def test_each_purpose_has_a_key_of_its_own(settings: Any) -> None:
    settings.EMBEDDING_KEY = ""
    assert installation_key("references") != installation_key("faces")
    before = installation_key("references")
    settings.EMBEDDING_KEY = "chosen"
    assert installation_key("references") != before
