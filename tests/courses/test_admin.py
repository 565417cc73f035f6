from __future__ import annotations

from typing import Any

import pytest
from django.apps import apps
from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from courses.models import Course, DeploymentPolicy, Institution, Recording, Student, User
from courses.policy import current_policy
from courses.scoped_admin import ScopedAdmin
from tests import factories

pytestmark = pytest.mark.django_db
APPLICATIONS = ("courses", "inference")
SCOPED = [model for model, page in admin.site._registry.items() if isinstance(page, ScopedAdmin)]


def administrator(institution: Institution | None, **fields: Any) -> Client:
    user = factories.UserFactory(institution=institution, role=User.Role.ADMIN, is_staff=True, **fields)
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def dean(institution: Institution) -> Client:
    """Administers the institution of the course."""
    return administrator(institution)


@pytest.fixture
def stranger() -> Client:
    """Administers another institution."""
    return administrator(factories.InstitutionFactory())


@pytest.fixture
def recording(lecture: Any) -> Recording:
    factories.enroll(lecture.course, name="Dana")
    made: Recording = factories.RecordingFactory(lecture=lecture)
    return made


def address(model: Any, page: str, *args: object) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{page}", args=args)


def test_every_model_has_a_page() -> None:
    models = {model for name in APPLICATIONS for model in apps.get_app_config(name).get_models()}
    missing = {model.__name__ for model in models - set(admin.site._registry) if not model._meta.auto_created}
    assert missing == set()


@pytest.mark.parametrize("model", SCOPED, ids=lambda model: model.__name__)
def test_lists_open_for_an_administrator(model: Any, dean: Client) -> None:
    assert dean.get(address(model, "changelist")).status_code == 200


@pytest.mark.parametrize("model", [Course, Student, Recording, Institution], ids=lambda model: model.__name__)
def test_an_administrator_sees_the_rows_of_their_institution_alone(
    model: Any, dean: Client, stranger: Client, recording: Recording
) -> None:
    row = model.objects.order_by("pk").first()
    assert dean.get(address(model, "change", row.pk)).status_code == 200
    # Django's admin answers a row that is not there by going to its start page with a message.
    assert stranger.get(address(model, "change", row.pk)).status_code == 302
    assert str(row) not in stranger.get(address(model, "changelist")).content.decode()


def test_forms_offer_rows_of_the_institution_alone(dean: Client, stranger: Client, course: Course) -> None:
    path = address(Course, "add")
    assert course.institution.name in dean.get(path).content.decode()
    assert course.institution.name not in stranger.get(path).content.decode()


def test_a_teacher_has_no_place_in_the_admin(alice: User, course: Course) -> None:
    User.objects.filter(pk=alice.pk).update(is_staff=True)
    client = Client()
    client.force_login(alice)
    assert client.get(address(Course, "changelist")).status_code == 403


def test_an_administrator_cannot_reach_operators_or_become_one(dean: Client, institution: Institution) -> None:
    operator = User.objects.create_superuser("root@example.org", "correct horse", name="Root", institution=institution)
    assert dean.get(address(User, "change", operator.pk)).status_code == 302
    colleague = factories.UserFactory(institution=institution)
    page = dean.get(address(User, "change", colleague.pk)).content.decode()
    assert "is_superuser" not in page
    fields = {"email": colleague.email, "name": "New", "role": "admin", "institution": institution.pk}
    dean.post(
        address(User, "change", colleague.pk), {**fields, "theme": "system", "is_active": "on", "is_superuser": "on"}
    )
    colleague.refresh_from_db()
    assert (colleague.name, colleague.is_staff, colleague.is_superuser) == ("New", True, False)


def test_a_user_cannot_be_moved_to_another_institution(dean: Client, institution: Institution) -> None:
    other = factories.InstitutionFactory()
    colleague = factories.UserFactory(institution=institution)
    fields = {"email": colleague.email, "name": "New", "role": "teacher", "theme": "system"}
    for value in (other.pk, ""):
        dean.post(address(User, "change", colleague.pk), {**fields, "institution": value})
    colleague.refresh_from_db()
    assert colleague.institution == institution


def test_a_new_user_is_known_by_e_mail(dean: Client, institution: Institution) -> None:
    fields = {"email": "eve@example.org", "name": "Eve", "role": "teacher", "institution": institution.pk}
    secrets = {"usable_password": "true", "password1": "a long pass phrase", "password2": "a long pass phrase"}
    dean.post(address(User, "add"), {**fields, **secrets})
    assert not User.objects.get(email="eve@example.org").is_staff


def test_a_roster_is_edited_on_the_page_of_its_course(dean: Client, course: Course) -> None:
    student = factories.StudentFactory(institution=course.institution)
    form = {
        "name": course.name, "slug": course.slug, "institution": course.institution_id, "time_zone": "UTC",
        "segment_s": 30, "sample_fps": 1.0, "enrollments-TOTAL_FORMS": 1, "enrollments-INITIAL_FORMS": 0,
        "enrollments-0-student": student.pk,
    }  # fmt: skip
    assert dean.post(address(Course, "change", course.pk), form).status_code == 302
    assert course.enrollments.get().institution == course.institution


def test_a_policy_can_be_read_but_not_changed_or_removed(dean: Client, policy: Any) -> None:
    path = address(type(policy), "change", policy.pk)
    assert dean.get(path).status_code == 200
    assert dean.post(path, {"mode": "observable"}).status_code == 403
    assert dean.post(address(type(policy), "delete", policy.pk)).status_code == 403


def decision(institution: Institution, **fields: str) -> dict[str, Any]:
    return {
        "institution": institution.pk, "mode": "aggregate", "extra_estimates": "valence", "region": "demo",
        "institution_type": "university", "signatory": "Dean", "valid_from_0": "2026-01-01", "valid_from_1": "00:00",
        "valid_until_0": "2099-01-01", "valid_until_1": "00:00", **fields,
    }  # fmt: skip


def test_an_administrator_records_a_decision_that_is_sealed_signed_and_logged(
    dean: Client, institution: Institution, policy: Any
) -> None:
    assert dean.post(address(type(policy), "add"), decision(institution)).status_code == 302
    found = current_policy(institution)
    assert (found.pk != policy.pk, found.extra_estimates) == (True, "valence")
    assert found.recorded_by is not None
    assert LogEntry.objects.get().user == found.recorded_by


def test_a_decision_of_another_institution_cannot_be_recorded(
    stranger: Client, institution: Institution, policy: Any
) -> None:
    assert stranger.post(address(type(policy), "add"), decision(institution)).status_code == 200
    assert current_policy(institution) == policy


def test_a_decision_in_another_time_zone_keeps_its_seal(dean: Client, institution: Institution) -> None:
    User.objects.update(time_zone="Asia/Shanghai")
    dean.post(address(DeploymentPolicy, "add"), decision(institution))
    assert current_policy(institution).valid_from.isoformat().endswith("+00:00")


@pytest.mark.parametrize("fields", [{"mode": "observable"}, {"valid_until_0": "2025-01-01"}])
def test_a_decision_that_contradicts_itself_is_refused(
    dean: Client, institution: Institution, fields: dict[str, str]
) -> None:
    assert dean.post(address(DeploymentPolicy, "add"), decision(institution, **fields)).status_code == 200
    assert not DeploymentPolicy.objects.exists()
