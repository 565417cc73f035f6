"""Runs as JSON: requested, followed, cancelled, retried; and tracks that get a name."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from courses.models import Lecture, Mode, Recording
from inference.models import AnalysisRun, FaceTrack
from tests import factories

State = AnalysisRun.State


@pytest.fixture
def recording(lecture: Lecture) -> Recording:
    return factories.RecordingFactory(lecture=lecture)


@pytest.fixture
def run(recording: Recording) -> AnalysisRun:
    return factories.AnalysisRunFactory(recording=recording)


@pytest.fixture
def track(run: AnalysisRun) -> FaceTrack:
    AnalysisRun.objects.filter(pk=run.pk).update(state=State.SUCCESS)
    return FaceTrack.objects.create(
        institution=run.institution, run=run, number=1, first_s=0, last_s=9, best_s=1, best_bbox_xyxy=[0, 0, 9, 9]
    )


def put_student(client: Client, track: FaceTrack, student_id: Any) -> Any:
    body = {"student_id": student_id}
    return client.put(f"/api/tracks/{track.pk}/student/", body, content_type="application/json")


def test_requested_run_waits(alice_client: Client, recording: Recording) -> None:
    answer = alice_client.post(f"/api/lectures/{recording.lecture_id}/runs/")
    assert answer.status_code == 202
    run = AnalysisRun.objects.get()
    assert (answer.json()["id"], answer.json()["state"]) == (run.pk, "pending")
    assert run.requested_by is not None
    assert run.requested_by.name == "Alice"


def test_second_request_of_an_active_run_gets_409(alice_client: Client, run: AnalysisRun) -> None:
    answer = alice_client.post(f"/api/lectures/{run.recording.lecture_id}/runs/")
    assert answer.status_code == 409
    assert answer.json()["remedy"]


def test_lecture_without_recording_cannot_be_analysed(alice_client: Client, lecture: Lecture) -> None:
    answer = alice_client.post(f"/api/lectures/{lecture.pk}/runs/")
    assert (answer.status_code, answer.json()["code"]) == (404, "no-recording")


def test_run_is_cancelled_and_retried(alice_client: Client, run: AnalysisRun) -> None:
    assert alice_client.post(f"/api/runs/{run.pk}/cancel/").json()["state"] == "revoked"
    assert alice_client.post(f"/api/runs/{run.pk}/retry/").json()["state"] == "pending"
    again = alice_client.post(f"/api/runs/{run.pk}/retry/")
    assert again.status_code == 409


def test_run_says_what_went_wrong(alice_client: Client, run: AnalysisRun) -> None:
    run.state, run.error_code, run.error_message, run.error_remedy = State.FAILURE, "lost", "Lost.", "Retry."
    run.save()
    message = alice_client.get(f"/api/runs/{run.pk}/").json()
    assert message["error"] == {"code": "lost", "message": "Lost.", "remedy": "Retry."}
    assert message["report_url"] == f"/lectures/{run.recording.lecture_id}/"


def test_run_takes_five_queries(alice_client: Client, run: AnalysisRun, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(5):  # session, user, institution, run, place in the queue
        alice_client.get(f"/api/runs/{run.pk}/")


@pytest.mark.parametrize("address", ["/api/runs/{run}/", "/api/runs/{run}/cancel/", "/api/runs/{run}/retry/"])
def test_stranger_gets_404(charlie_client: Client, run: AnalysisRun, address: str) -> None:
    url = address.format(run=run.pk)
    answer = charlie_client.get(url) if url.endswith(f"{run.pk}/") else charlie_client.post(url)
    assert answer.status_code == 404
    run.refresh_from_db()
    assert run.state == State.PENDING


def test_stranger_cannot_request_a_run(charlie_client: Client, recording: Recording) -> None:
    assert charlie_client.post(f"/api/lectures/{recording.lecture_id}/runs/").status_code == 404
    assert not AnalysisRun.objects.exists()


@pytest.mark.parametrize("address", ["/api/lectures/1/runs/", "/api/runs/1/cancel/", "/api/runs/1/retry/"])
def test_reading_what_only_takes_orders_gets_405(alice_client: Client, address: str) -> None:
    assert alice_client.get(address).status_code == 405


def test_request_without_policy_gets_451(alice_client: Client, recording: Recording, policy: Any) -> None:
    policy.delete()
    answer = alice_client.post(f"/api/lectures/{recording.lecture_id}/runs/")
    assert answer.status_code == 451
    assert answer.json()["remedy"]


def test_request_without_csrf_token_gets_json_403(alice: Any, recording: Recording) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    answer = client.post(f"/api/lectures/{recording.lecture_id}/runs/")
    assert answer.status_code == 403
    assert answer.json()["message"]


def test_named_track_belongs_to_the_student(alice_client: Client, track: FaceTrack) -> None:
    (student,) = factories.enroll(track.run.recording.lecture.course)
    assert put_student(alice_client, track, student.pk).json() == {"student_id": student.pk}
    track.refresh_from_db()
    assert track.student == student
    assert put_student(alice_client, track, None).json() == {"student_id": None}


def test_student_of_another_course_is_refused(alice_client: Client, track: FaceTrack) -> None:
    student = factories.StudentFactory(institution=track.institution)
    answer = put_student(alice_client, track, student.pk)
    assert (answer.status_code, answer.json()["code"]) == (400, "not_on_roster")


@pytest.mark.parametrize("student_id", ["x", -1, 2**70, [1]])
def test_impossible_student_is_refused(alice_client: Client, track: FaceTrack, student_id: Any) -> None:
    answer = put_student(alice_client, track, student_id)
    assert answer.status_code == 400
    assert "student_id" in answer.json()["message"]


def test_stranger_cannot_name_a_track(charlie_client: Client, track: FaceTrack) -> None:
    assert put_student(charlie_client, track, None).status_code == 404


def test_naming_needs_a_policy_for_individuals(alice_client: Client, track: FaceTrack) -> None:
    factories.policy(track.institution, Mode.AGGREGATE)
    (student,) = factories.enroll(track.run.recording.lecture.course)
    answer = put_student(alice_client, track, student.pk)
    assert (answer.status_code, answer.json()["code"]) == (451, "policy")
