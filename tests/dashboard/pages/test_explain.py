"""Why a score is what it is: the page, and who may open it."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from courses.models import DeploymentPolicy, Lecture, Mode
from inference.models import AnalysisRun, FaceTrack
from tests import factories
from tests.inference.parts import analysed_in_parts
from tests.report_data import Plan, analysed


@pytest.fixture
def finished(lecture: Lecture, policy: DeploymentPolicy) -> AnalysisRun:
    """An individual run with stored observations: six people, three minutes."""
    return analysed_in_parts(lecture, policy)


def address(lecture: Lecture, query: str = "") -> str:
    return f"/lectures/{lecture.pk}/explain/{query}"


def page_of(client: Client, lecture: Lecture, query: str = "") -> str:
    response = client.get(address(lecture, query))
    assert response.status_code == 200
    return response.content.decode()


def test_a_person_in_a_stretch_has_weights_points_and_moments(
    alice_client: Client, lecture: Lecture, finished: AnalysisRun
) -> None:
    track = FaceTrack.objects.filter(run=finished).first()
    assert track is not None
    page = page_of(alice_client, lecture, f"?who=track-{track.pk}&segment=1")
    assert "chart-moments" in page
    for words in ("Expression", "Head", "Open eyes", "Points", "The moments", 'data-seek="30"'):
        assert words in page
    assert page.count("data-seek=") == 30


def test_the_whole_of_a_person_lists_its_stretches(
    alice_client: Client, lecture: Lecture, finished: AnalysisRun
) -> None:
    track = FaceTrack.objects.filter(run=finished).first()
    assert track is not None
    page = page_of(alice_client, lecture, f"?who=track-{track.pk}")
    assert page.count("&amp;segment=") == 6
    assert "chart-moments" not in page


def test_the_class_names_its_people_by_name_and_not_by_value(
    alice_client: Client, lecture: Lecture, finished: AnalysisRun
) -> None:
    page = page_of(alice_client, lecture, "?segment=0")
    places = [page.index(f">Person {number}</a>") for number in range(1, 7)]
    assert places == sorted(places)


def test_a_time_names_its_stretch(alice_client: Client, lecture: Lecture, finished: AnalysisRun) -> None:
    assert "0:30–1:00" in page_of(alice_client, lecture, "?at=44.5").split("<h1>")[1].split("</p>")[0]
    assert "0:00–3:00" in page_of(alice_client, lecture, "?at=nonsense").split("<h1>")[1].split("</p>")[0]


@pytest.mark.parametrize("query", ["?segment=99", "?segment=x", "?who=track-0", "?who=student-1&segment=0"])
def test_what_does_not_exist_is_404(alice_client: Client, lecture: Lecture, finished: AnalysisRun, query: str) -> None:
    assert alice_client.get(address(lecture, query)).status_code == 404


def test_a_person_of_another_lecture_is_404(alice_client: Client, lecture: Lecture, finished: AnalysisRun) -> None:
    other = analysed(factories.LectureFactory(course=lecture.course))
    track = FaceTrack.objects.filter(run=other).first()
    assert track is not None
    assert alice_client.get(address(lecture, f"?who=track-{track.pk}")).status_code == 404


def test_a_lecture_without_results_is_404(alice_client: Client, lecture: Lecture) -> None:
    assert alice_client.get(address(lecture)).status_code == 404


def test_stranger_gets_404_and_visitors_log_in(
    charlie_client: Client, client: Client, lecture: Lecture, finished: AnalysisRun
) -> None:
    assert charlie_client.get(address(lecture)).status_code == 404
    assert client.get(address(lecture)).status_code == 302


def test_wrong_method_gets_405(alice_client: Client, lecture: Lecture, finished: AnalysisRun) -> None:
    assert alice_client.post(address(lecture)).status_code == 405


def test_in_mode_aggregate_nobody_is_named_and_no_moment_is_kept(alice_client: Client, lecture: Lecture) -> None:
    run = analysed(lecture, Plan(mode=Mode.AGGREGATE))
    page = page_of(alice_client, lecture, "?segment=0")
    assert "Not kept: in this mode nothing of a single person is stored" in page
    assert alice_client.get(address(lecture, "?who=track-1")).status_code == 404
    assert run.formula_version in page


def test_a_policy_that_became_stricter_closes_the_people(
    alice_client: Client, lecture: Lecture, finished: AnalysisRun
) -> None:
    track = FaceTrack.objects.filter(run=finished).first()
    assert track is not None
    lecture.course.mode = Mode.AGGREGATE
    lecture.course.save()
    assert alice_client.get(address(lecture, f"?who=track-{track.pk}")).status_code == 404
    lecture.course.mode = Mode.OBSERVABLE
    lecture.course.save()
    assert alice_client.get(address(lecture)).status_code == 451


def test_the_page_takes_a_fixed_number_of_queries(
    alice_client: Client, lecture: Lecture, finished: AnalysisRun, django_assert_max_num_queries: Any
) -> None:
    track = FaceTrack.objects.filter(run=finished).first()
    assert track is not None
    with django_assert_max_num_queries(14):
        page_of(alice_client, lecture, f"?who=track-{track.pk}&segment=1")
