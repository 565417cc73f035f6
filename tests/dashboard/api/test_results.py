"""Results as JSON, as far as the policy of today allows."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from courses.models import Course, Lecture, Mode, Segment
from inference.models import AnalysisRun, FaceTrack, SegmentScore
from tests import factories

MIX = {"focused": 0.5, "distracted": 0.1, "curious": 0.1, "confused": 0.1, "tired": 0.1, "happy": 0.1}
VALUES = {"concentration": 0.7, "concentration_low": 0.6, "concentration_high": 0.8, "coverage": 0.9, **MIX}


@pytest.fixture
def run(lecture: Lecture) -> AnalysisRun:
    """A finished run with two segments and six people."""
    recording = factories.RecordingFactory(lecture=lecture)
    made = factories.AnalysisRunFactory(recording=recording, state=AnalysisRun.State.SUCCESS)
    for index in range(2):
        segment = Segment.objects.create(
            institution=made.institution, lecture=lecture, index=index, start_s=30 * index, end_s=30 * index + 30
        )
        score(made, segment, n_people=6 if index == 0 else 2)
        for number in range(6):
            score(made, segment, track=track(made, number), n_people=1)
    return made


def track(run: AnalysisRun, number: int) -> FaceTrack:
    best = {"best_s": 1, "best_bbox_xyxy": [0, 0, 9, 9], "n_observations": 60, "institution": run.institution}
    return FaceTrack.objects.get_or_create(run=run, number=number, defaults={"first_s": 0, "last_s": 60, **best})[0]


def score(run: AnalysisRun, segment: Segment, **fields: Any) -> None:
    SegmentScore.objects.create(
        institution=run.institution, run=run, segment=segment, n_observations=30, **{**VALUES, **fields}
    )


def scores(client: Client, run: AnalysisRun) -> Any:
    return client.get(f"/api/lectures/{run.recording.lecture_id}/scores/")


def people(client: Client, run: AnalysisRun) -> Any:
    return client.get(f"/api/lectures/{run.recording.lecture_id}/people/")


def test_scores_come_by_segment_with_labels(alice_client: Client, run: AnalysisRun) -> None:
    found = scores(alice_client, run).json()
    assert found["labels"] == list(MIX)
    assert found["run_id"] == run.pk
    assert found["segments"][0]["concentration"] == 0.7
    assert found["segments"][0]["mix"] == list(MIX.values())


def test_segment_with_too_few_people_has_no_values(alice_client: Client, run: AnalysisRun) -> None:
    few = scores(alice_client, run).json()["segments"][1]
    assert few["concentration"] is None
    assert few["mix"] is None
    assert few["coverage"] == 0.9


def test_people_come_with_their_segments(alice_client: Client, run: AnalysisRun) -> None:
    found = people(alice_client, run).json()
    assert len(found) == 6
    assert [row["concentration"] for row in found[0]["rows"]] == [0.7, 0.7]


@pytest.mark.parametrize("mode", [Mode.AGGREGATE, Mode.OBSERVABLE])
def test_stricter_policy_hides_people_of_an_older_run(alice_client: Client, run: AnalysisRun, mode: Mode) -> None:
    factories.policy(run.institution, mode)
    answer = people(alice_client, run)
    assert (answer.status_code, answer.json()["code"]) == (451, "policy")


def test_stricter_course_hides_people(alice_client: Client, run: AnalysisRun, course: Course) -> None:
    Course.objects.filter(pk=course.pk).update(mode=Mode.AGGREGATE)
    assert people(alice_client, run).status_code == 451


def test_observable_policy_hides_what_the_emotion_network_said(alice_client: Client, run: AnalysisRun) -> None:
    factories.policy(run.institution, Mode.OBSERVABLE)
    found = scores(alice_client, run).json()
    assert found["segments"][0]["concentration"] is None
    assert found["segments"][0]["mix"] is None
    assert found["segments"][0]["coverage"] == 0.9
    assert found["summary"]["concentration"] is None


def test_scores_without_policy_get_451(alice_client: Client, run: AnalysisRun, policy: Any) -> None:
    AnalysisRun.objects.update(policy=factories.policy(factories.InstitutionFactory()))
    type(policy).objects.filter(institution=run.institution).delete()
    assert scores(alice_client, run).status_code == 451


def test_lecture_without_results_says_so(alice_client: Client, lecture: Lecture) -> None:
    answer = alice_client.get(f"/api/lectures/{lecture.pk}/scores/")
    assert (answer.status_code, answer.json()["code"]) == (404, "no-results")


def test_stranger_gets_404(charlie_client: Client, run: AnalysisRun) -> None:
    assert scores(charlie_client, run).status_code == 404
    assert people(charlie_client, run).status_code == 404


def test_wrong_method_gets_405(alice_client: Client, run: AnalysisRun) -> None:
    url = f"/api/lectures/{run.recording.lecture_id}"
    assert alice_client.post(f"{url}/scores/").status_code == 405
    assert alice_client.put(f"{url}/people/").status_code == 405


def test_scores_and_people_take_ten_queries_at_most(
    alice_client: Client, run: AnalysisRun, django_assert_max_num_queries: Any
) -> None:
    with django_assert_max_num_queries(10):
        scores(alice_client, run)
    with django_assert_max_num_queries(10):
        people(alice_client, run)
