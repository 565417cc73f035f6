"""Today, courses, a course's lectures and its roster."""

from __future__ import annotations

import pytest
from django.test import Client

from courses.models import Course, DeploymentPolicy, Lecture, User
from inference.models import AnalysisRun
from tests import factories
from tests.conftest import logged_in
from tests.report_data import Plan, analysed

URLS = ("/courses/{slug}/", "/courses/{slug}/roster/", "/courses/{slug}/lectures/new/")


@pytest.mark.parametrize("url", URLS)
def test_teacher_opens_the_course(alice_client: Client, course: Course, url: str) -> None:
    response = alice_client.get(url.format(slug=course.slug))
    assert response.status_code == 200
    assert course.name in response.content.decode()


@pytest.mark.parametrize("url", URLS)
def test_stranger_gets_404(charlie_client: Client, course: Course, url: str) -> None:
    assert charlie_client.get(url.format(slug=course.slug)).status_code == 404


@pytest.mark.parametrize("url", URLS)
def test_visitor_is_sent_to_log_in(client: Client, course: Course, url: str) -> None:
    response = client.get(url.format(slug=course.slug))
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/login/?next=/courses/")


@pytest.mark.parametrize("url", ["/", "/courses/", *URLS])
def test_wrong_method_gets_405(alice_client: Client, course: Course, url: str) -> None:
    assert alice_client.post(url.format(slug=course.slug)).status_code == 405


def test_list_has_state_length_coverage_and_interval(alice_client: Client, lecture: Lecture) -> None:
    run = analysed(lecture, Plan(length_s=600, n_people=12))
    score = run.scores.get(segment__kind="summary", segment__index=0, track=None, student=None)
    page = alice_client.get(f"/courses/{lecture.course.slug}/").content.decode()
    for text in ("10:00", "done", "82 %", f"<strong>{score.concentration:.0f}</strong>"):
        assert text in page
    assert f"{score.concentration_low:.0f}–{score.concentration_high:.0f}" in page


def test_list_hides_the_value_of_fewer_than_five(alice_client: Client, lecture: Lecture) -> None:
    analysed(lecture, Plan(n_people=4))
    assert "fewer than 5 people" in alice_client.get(f"/courses/{lecture.course.slug}/").content.decode()


def test_list_asks_the_same_number_of_queries_for_any_number_of_lectures(
    alice_client: Client, course: Course, django_assert_max_num_queries: object
) -> None:
    for _k in range(4):
        analysed(factories.LectureFactory(institution=course.institution, course=course), Plan(n_people=5))
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        alice_client.get(f"/courses/{course.slug}/")


def test_empty_course_offers_the_upload(alice_client: Client, course: Course) -> None:
    page = alice_client.get(f"/courses/{course.slug}/").content.decode()
    assert "No lectures yet" in page
    assert f"/courses/{course.slug}/lectures/new/" in page


def test_roster_lists_who_is_enrolled(alice_client: Client, course: Course) -> None:
    factories.enroll(course, name="Ana Sousa")
    page = alice_client.get(f"/courses/{course.slug}/roster/").content.decode()
    assert "Ana Sousa" in page


def test_today_puts_running_analyses_first(alice_client: Client, lecture: Lecture) -> None:
    recording = factories.RecordingFactory(lecture=lecture)
    run = factories.AnalysisRunFactory(recording=recording, state=AnalysisRun.State.STARTED, progress=0.4)
    assert f'data-run="{run.pk}"' in alice_client.get("/").content.decode()


def test_today_does_not_show_other_peoples_courses(charlie_client: Client, lecture: Lecture) -> None:
    page = charlie_client.get("/").content.decode()
    assert lecture.title not in page
    assert "Nobody has added you to a course yet" in page


def test_administrator_without_a_course_is_pointed_to_the_administration(institution: object) -> None:
    admin = User.objects.create_superuser("root@example.org", "correct horse", name="Root")
    page = logged_in(admin).get("/").content.decode()
    assert "/admin/" in page
    assert "You teach no course here" in page


def test_upload_without_a_valid_policy_is_451(alice_client: Client, course: Course) -> None:
    DeploymentPolicy.objects.filter(institution=course.institution).delete()
    response = alice_client.get(f"/courses/{course.slug}/lectures/new/")
    assert response.status_code == 451
    assert "No policy is recorded" in response.content.decode()
