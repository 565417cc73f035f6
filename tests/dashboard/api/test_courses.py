"""Courses and lectures as JSON."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from courses.models import Course, Lecture
from tests import factories

ADDRESSES = ["/api/courses/", "/api/courses/{slug}/", "/api/courses/{slug}/lectures/", "/api/lectures/{lecture}/"]


@pytest.fixture(params=ADDRESSES)
def address(request: Any, course: Course, lecture: Lecture) -> str:
    return str(request.param).format(slug=course.slug, lecture=lecture.pk)


def test_course_is_listed_with_its_counts(alice_client: Client, course: Course, lecture: Lecture) -> None:
    factories.enroll(course, count=3)
    (row,) = alice_client.get("/api/courses/").json()
    assert (row["slug"], row["lecture_count"], row["student_count"]) == (course.slug, 1, 3)
    assert alice_client.get(f"/api/courses/{course.slug}/").json() == row


def test_lecture_shows_its_recording_and_its_newest_run(alice_client: Client, lecture: Lecture) -> None:
    recording = factories.RecordingFactory(lecture=lecture)
    factories.AnalysisRunFactory(recording=recording, state="failure")
    newest = factories.AnalysisRunFactory(recording=recording, progress=0.25)
    row = alice_client.get(f"/api/lectures/{lecture.pk}/").json()
    assert row["recording"]["duration_s"] == recording.duration_s
    assert row["run"] == {"id": newest.pk, "state": "pending", "progress": 0.25}
    assert row["report_url"] == f"/lectures/{lecture.pk}/"
    assert alice_client.get(f"/api/courses/{lecture.course.slug}/lectures/").json() == [row]


def test_lecture_without_recording_has_nulls(alice_client: Client, lecture: Lecture) -> None:
    row = alice_client.get(f"/api/lectures/{lecture.pk}/").json()
    assert row["recording"] is None
    assert row["run"] is None


def test_stranger_sees_nothing(charlie_client: Client, course: Course, lecture: Lecture) -> None:
    assert charlie_client.get("/api/courses/").json() == []
    for address in (
        f"/api/courses/{course.slug}/",
        f"/api/courses/{course.slug}/lectures/",
        f"/api/lectures/{lecture.pk}/",
    ):
        answer = charlie_client.get(address)
        assert answer.status_code == 404
        assert answer.json()["code"] == "not-found"


def test_visitor_without_login_gets_401(address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code == 401
    assert answer.json()["code"] == "not-signed-in"


def test_wrong_method_gets_405(alice_client: Client, address: str) -> None:
    answer = alice_client.delete(address)
    assert answer.status_code == 405
    assert answer.json()["message"]


def test_queries_do_not_grow_with_lectures(
    alice_client: Client, course: Course, django_assert_num_queries: Any
) -> None:
    for _ in range(4):
        lecture = factories.LectureFactory(course=course)
        factories.AnalysisRunFactory(recording=factories.RecordingFactory(lecture=lecture))
    with django_assert_num_queries(6):  # session, user, institution, course, lectures, newest runs
        assert len(alice_client.get(f"/api/courses/{course.slug}/lectures/").json()) == 4
    with django_assert_num_queries(4):
        alice_client.get("/api/courses/")


def test_unknown_address_answers_json(alice_client: Client) -> None:
    answer = alice_client.get("/api/nothing/here/")
    assert answer.status_code == 404
    assert answer.json()["code"] == "not-found"
