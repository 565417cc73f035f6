"""Reference photos: only with a permission, only in memory, and only for the course's teachers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from courses.models import Course, Enrollment, Mode, Permission, ReferencePhoto, Student
from courses.services.references import MOST_BYTES
from inference import services
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(course: Course) -> Student:
    return factories.enroll(course, name="Ada Lovelace")[0]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the ids of photos that were handed to workers."""
    ids: list[int] = []
    monkeypatch.setattr("dashboard.pages.photos.photo_send", lambda photo: ids.append(photo.pk))
    return ids


@pytest.fixture
def permitted(alice_client: Client, course: Course, ada: Student, sent: list[int]) -> str:
    url = address(course, ada)
    act(alice_client, url, "permit", basis="consent", decided_on="2026-09-01")
    return url


def address(course: Course, student: Student) -> str:
    return f"/courses/{course.slug}/roster/{student.pk}/photos/"


def act(client: Client, url: str, action: str, **form: Any) -> str:
    response = client.post(url, {"action": action, **form}, follow=True)
    assert response.redirect_chain == [(url, 303)]
    return response.content.decode()


def picture(content: bytes = b"a picture", name: str = "ada.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, "image/jpeg")


def test_roster_counts_references_and_says_nothing_of_refusals(
    alice_client: Client, permitted: str, course: Course, ada: Student
) -> None:
    factories.enroll(course, name="Ben")
    page = alice_client.get(f"/courses/{course.slug}/roster/").content.decode()
    assert page.count(">none<") == 2
    ReferencePhoto.objects.create(
        institution=course.institution, enrollment=Enrollment.objects.get(student=ada), state="ready"
    )
    page = alice_client.get(f"/courses/{course.slug}/roster/").content.decode()
    assert page.count(">none<") == 1


def test_without_a_permission_the_page_asks_for_it_and_takes_no_photo(
    alice_client: Client, course: Course, ada: Student, sent: list[int]
) -> None:
    url = address(course, ada)
    page = alice_client.get(url).content.decode()
    assert "Permission first" in page
    assert 'type="file"' not in page
    assert "No permission is recorded." in act(alice_client, url, "add", photos=picture())
    assert sent == []


def test_a_permission_is_recorded_with_its_basis(alice_client: Client, permitted: str, ada: Student) -> None:
    row = Permission.objects.get(student=ada)
    assert (row.basis, str(row.decided_on), row.recorded_by and row.recorded_by.name) == (
        "consent",
        "2026-09-01",
        "Alice",
    )
    assert "since 1 September 2026, recorded by Alice" in alice_client.get(permitted).content.decode()


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"basis": "consent", "decided_on": "tomorrow"}, "Write the day like"),
        ({"basis": "consent", "decided_on": "2999-01-01"}, "future"),
        ({"basis": "guardian", "decided_on": "2026-01-01"}, "Name the guardian"),
        ({"decided_on": "2026-01-01"}, "Say on what basis"),
    ],
)
def test_an_incomplete_permission_says_what_is_missing(
    alice_client: Client, course: Course, ada: Student, form: dict[str, str], words: str
) -> None:
    assert words in act(alice_client, address(course, ada), "permit", **form)
    assert not Permission.objects.exists()


def test_photos_wait_for_a_worker(alice_client: Client, permitted: str, sent: list[int]) -> None:
    page = act(alice_client, permitted, "add", photos=[picture(), picture(b"another")])
    assert page.count("being read") == 2
    assert 'hx-trigger="every 2s"' in page
    assert sent == list(ReferencePhoto.objects.values_list("pk", flat=True))


def test_no_picture_reaches_the_disk(alice_client: Client, permitted: str, settings: Any, tmp_path: Path) -> None:
    settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "incoming")
    (tmp_path / "incoming").mkdir()
    settings.FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.TemporaryFileUploadHandler"]
    act(alice_client, permitted, "add", photos=picture(bytes(range(256)) * 4000))
    assert ReferencePhoto.objects.count() == 1
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_a_large_request_is_refused_before_it_is_read(alice_client: Client, permitted: str) -> None:
    response = alice_client.post(permitted, {"action": "add", "photos": picture(bytes(MOST_BYTES + 100_000))})
    assert response.status_code == 413
    assert not ReferencePhoto.objects.exists()


def test_an_unusable_and_a_lost_photo_say_why(alice_client: Client, permitted: str) -> None:
    act(alice_client, permitted, "add", photos=[picture(), picture()])
    first, second = ReferencePhoto.objects.all()
    ReferencePhoto.objects.filter(pk=first.pk).update(state="rejected", fault="several")
    ReferencePhoto.objects.filter(pk=second.pk).update(created_at="2026-01-01T00:00Z")
    page = alice_client.get(permitted).content.decode()
    assert "More than one face. Crop the photo" in page
    assert "was not read in time and is gone" in page
    assert "hx-trigger" not in page


def test_nothing_chosen_is_told(alice_client: Client, permitted: str) -> None:
    assert "Choose a photo first." in act(alice_client, permitted, "add")


def test_a_photo_is_deleted(alice_client: Client, permitted: str) -> None:
    act(alice_client, permitted, "add", photos=picture())
    alice_client.post(f"{permitted}{ReferencePhoto.objects.get().pk}/")
    assert not ReferencePhoto.objects.exists()


def test_withdrawal_deletes_everything(alice_client: Client, permitted: str) -> None:
    act(alice_client, permitted, "add", photos=picture())
    page = act(alice_client, permitted, "withdraw")
    assert "All references and suggestions are deleted." in page
    assert "Permission first" in page
    assert not ReferencePhoto.objects.exists()


def test_after_five_the_form_is_gone(alice_client: Client, permitted: str) -> None:
    act(alice_client, permitted, "add", photos=[picture() for _k in range(5)])
    assert 'type="file"' not in alice_client.get(permitted).content.decode()
    assert "There are five photos already." in act(alice_client, permitted, "add", photos=picture())


def test_stranger_gets_404(charlie_client: Client, alice_client: Client, permitted: str) -> None:
    act(alice_client, permitted, "add", photos=picture())
    assert charlie_client.get(permitted).status_code == 404
    assert charlie_client.post(permitted, {"action": "withdraw"}).status_code == 404
    assert charlie_client.post(f"{permitted}{ReferencePhoto.objects.get().pk}/").status_code == 404
    assert ReferencePhoto.objects.count() == 1


def test_a_student_of_another_course_is_not_there(alice_client: Client, course: Course) -> None:
    other = factories.enroll(factories.CourseFactory(institution=course.institution))[0]
    assert alice_client.get(address(course, other)).status_code == 404


def test_visitor_is_sent_to_log_in(client: Client, course: Course, ada: Student) -> None:
    assert client.get(address(course, ada)).status_code == 302


def test_wrong_methods_and_unknown_actions_are_refused(alice_client: Client, permitted: str) -> None:
    assert alice_client.put(permitted).status_code == 405
    assert alice_client.get(f"{permitted}1/").status_code == 405
    assert alice_client.post(permitted, {"action": "grade"}).status_code == 400


def test_a_form_without_the_token_is_refused(alice: Any, permitted: str) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post(permitted, {"action": "withdraw"}).status_code == 403


@pytest.mark.parametrize("mode", [Mode.AGGREGATE, Mode.OBSERVABLE])
def test_a_stricter_policy_answers_451_and_hides_the_column(
    alice_client: Client, course: Course, ada: Student, mode: Mode
) -> None:
    factories.policy(course.institution, mode)
    assert alice_client.get(address(course, ada)).status_code == 451
    assert "Reference photos" not in alice_client.get(f"/courses/{course.slug}/roster/").content.decode()


def test_the_page_takes_eight_queries(alice_client: Client, permitted: str, django_assert_num_queries: Any) -> None:
    act(alice_client, permitted, "add", photos=[picture() for _k in range(5)])
    # Session, user, institution, course, enrolment, policy, photos, permission.
    with django_assert_num_queries(8):
        alice_client.get(permitted)


def test_the_roster_asks_the_same_queries_for_any_number(
    alice_client: Client, course: Course, django_assert_num_queries: Any
) -> None:
    factories.enroll(course, count=30)
    with django_assert_num_queries(6):
        alice_client.get(f"/courses/{course.slug}/roster/")


def test_a_lost_broker_costs_the_photo_and_not_the_page(
    course: Course, ada: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kombu.exceptions import OperationalError

    def fail(_photo_id: int) -> None:
        raise OperationalError

    monkeypatch.setattr("inference.tasks.read_reference.delay", fail)
    services.photo_send(ReferencePhoto(pk=1))
