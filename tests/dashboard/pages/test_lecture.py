"""A lecture's page: its report, its run in progress, or why there is neither."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from django.test import Client

from courses.models import DeploymentPolicy, Lecture, Mode
from dashboard.pages.report import FORMULAS
from inference.models import AnalysisRun, SegmentScore
from inference.selectors import LABELS
from inference.vision.profiles import VERSIONS
from tests import factories
from tests.report_data import Plan, analysed


def page_of(client: Client, lecture: Lecture) -> str:
    response = client.get(f"/lectures/{lecture.pk}/")
    assert response.status_code == 200
    return response.content.decode()


def payload(page: str, key: str) -> dict[str, Any]:
    found = re.search(rf'<script id="chart-{key}" type="application/json">(.*?)</script>', page, re.DOTALL)
    assert found, key
    chart: dict[str, Any] = json.loads(found[1])
    return chart


def test_report_has_every_chart_with_both_themes(alice_client: Client, lecture: Lecture) -> None:
    analysed(lecture)
    page = page_of(alice_client, lecture)
    for key in ("concentration", "mix", "mood", "students"):
        assert set(payload(page, key)["templates"]) == {"light", "dark"}


def test_assistant_sees_the_report_too(bob_client: Client, lecture: Lecture) -> None:
    analysed(lecture)
    assert "chart-concentration" in page_of(bob_client, lecture)


def test_stranger_gets_404(charlie_client: Client, lecture: Lecture) -> None:
    analysed(lecture)
    assert charlie_client.get(f"/lectures/{lecture.pk}/").status_code == 404


def test_visitor_is_sent_to_log_in(client: Client, lecture: Lecture) -> None:
    assert client.get(f"/lectures/{lecture.pk}/").status_code == 302


def test_wrong_method_gets_405(alice_client: Client, lecture: Lecture) -> None:
    assert alice_client.post(f"/lectures/{lecture.pk}/").status_code == 405


def test_a_report_of_forty_people_takes_at_most_twelve_queries(
    alice_client: Client, lecture: Lecture, django_assert_max_num_queries: Any
) -> None:
    students = factories.enroll(lecture.course, count=40)
    analysed(lecture, Plan(length_s=3600, n_people=40, students=tuple(students)))
    with django_assert_max_num_queries(12):
        page_of(alice_client, lecture)


def test_page_says_that_it_shows_estimates(alice_client: Client, lecture: Lecture) -> None:
    analysed(lecture)
    page = page_of(alice_client, lecture)
    assert "Estimates of appearance, not for grading" in page
    assert "How is this computed?" in page
    assert "macro F1 47 %" in page


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("default-2", "expression, gaze, head direction and open eyes"),
        ("default-1", "expression, head direction and open eyes"),
        ("no-emotion-2", "expression is not read"),
        ("head-only-1", "head direction alone"),
        ("sharma-1", "expression times gaze"),
    ],
)
def test_page_says_what_the_runs_own_formula_weighs(
    alice_client: Client, lecture: Lecture, version: str, words: str
) -> None:
    run = analysed(lecture)
    run.formula_version = version
    run.save()
    page = page_of(alice_client, lecture)
    assert words in page
    assert f"<code>{run.formula_version}</code>" in page


def test_every_formula_of_now_is_told_in_words() -> None:
    assert set(FORMULAS) == set(VERSIONS)


def test_partial_request_gets_the_content_alone(alice_client: Client, lecture: Lecture) -> None:
    analysed(lecture)
    page = alice_client.get(f"/lectures/{lecture.pk}/", headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in page
    assert "chart-concentration" in page
    assert "<title>" in page


def test_people_come_by_name_then_by_number_whatever_their_values(alice_client: Client, lecture: Lecture) -> None:
    zoe, ana = (factories.enroll(lecture.course, name=name)[0] for name in ("Zoe", "Ana"))
    analysed(lecture, Plan(n_people=6, students=(zoe, ana)))
    page = page_of(alice_client, lecture)
    names = re.findall(r"<span>([^<]+)</span><span class=\"icon icon-down\"", page)
    assert names == ["Ana", "Zoe", "Person 3", "Person 4", "Person 5", "Person 6"]


def test_fewer_than_five_people_have_no_class_line_but_their_own_rows(alice_client: Client, lecture: Lecture) -> None:
    analysed(lecture, Plan(n_people=3))
    page = page_of(alice_client, lecture)
    assert "fewer than 5 people" in page
    assert "chart-concentration" not in page
    assert len(payload(page, "students")["data"][0]["z"]) == 3


def test_faces_seen_too_briefly_are_not_called_absent(alice_client: Client, lecture: Lecture) -> None:
    analysed(lecture, Plan(n_people=0, gaps=((0, 600),)))
    SegmentScore.objects.update(n_people=0, n_observations=4)
    assert "No face was seen for long enough" in page_of(alice_client, lecture)
    assert "seen too briefly" in alice_client.get(lecture.course.get_absolute_url()).content.decode()


def test_recording_without_faces_says_so_and_draws_nothing(alice_client: Client, lecture: Lecture) -> None:
    analysed(lecture, Plan(n_people=0, gaps=((0, 600),)))
    SegmentScore.objects.update(n_people=0, n_observations=0, coverage=0)
    page = page_of(alice_client, lecture)
    assert "No faces were found in this recording" in page
    assert "data-chart" not in page


def test_aggregate_mode_shows_no_person(alice_client: Client, lecture: Lecture) -> None:
    analysed(lecture, Plan(mode=Mode.AGGREGATE))
    page = page_of(alice_client, lecture)
    assert "chart-concentration" in page
    assert "data-person" not in page
    assert "chart-students" not in page


def test_people_are_hidden_once_the_policy_is_stricter(alice_client: Client, lecture: Lecture) -> None:
    analysed(lecture)
    factories.policy(lecture.institution, Mode.AGGREGATE)
    page = page_of(alice_client, lecture)
    assert "chart-concentration" in page
    assert "data-person" not in page


def test_observable_mode_names_no_expression(alice_client: Client, lecture: Lecture) -> None:
    analysed(lecture, Plan(mode=Mode.OBSERVABLE))
    SegmentScore.objects.update(concentration=None, **dict.fromkeys(LABELS))
    page = page_of(alice_client, lecture)
    assert "chart-observable" in page
    assert "chart-concentration" not in page
    assert "data-person" not in page


def test_without_a_policy_the_page_is_451(alice_client: Client, lecture: Lecture) -> None:
    analysed(lecture)
    DeploymentPolicy.objects.filter(institution=lecture.institution).update(mode="research")
    assert alice_client.get(f"/lectures/{lecture.pk}/").status_code == 451


def test_running_analysis_is_shown_with_its_progress(alice_client: Client, lecture: Lecture) -> None:
    recording = factories.RecordingFactory(lecture=lecture)
    run = factories.AnalysisRunFactory(recording=recording, state=AnalysisRun.State.STARTED, progress=0.42)
    page = page_of(alice_client, lecture)
    assert f'data-run="{run.pk}"' in page
    assert 'value="0.42"' in page


def test_failed_analysis_shows_message_and_remedy(alice_client: Client, lecture: Lecture) -> None:
    recording = factories.RecordingFactory(lecture=lecture)
    words = {"error_code": "decode", "error_message": "It broke off.", "error_remedy": "Export it again."}
    factories.AnalysisRunFactory(recording=recording, state=AnalysisRun.State.FAILURE, **words)
    page = page_of(alice_client, lecture)
    assert "It broke off." in page
    assert "Export it again." in page


def test_a_new_run_does_not_hide_the_last_report(alice_client: Client, lecture: Lecture) -> None:
    done = analysed(lecture)
    factories.AnalysisRunFactory(recording=done.recording, state=AnalysisRun.State.PENDING)
    page = page_of(alice_client, lecture)
    assert "data-run=" in page
    assert "chart-concentration" in page


def test_lecture_without_recording_offers_the_upload(alice_client: Client, lecture: Lecture) -> None:
    assert "Not analysed yet" in page_of(alice_client, lecture)


def test_times_are_shown_in_the_readers_zone(alice_client: Client, alice: Any, lecture: Lecture) -> None:
    lecture.held_at = lecture.held_at.replace(year=2026, month=11, day=18, hour=9, minute=0)
    lecture.save()
    alice.time_zone = "Asia/Shanghai"
    alice.save()
    assert "Wed 18 November 2026, 17:00" in page_of(alice_client, lecture)


@pytest.mark.parametrize("name", ["<script>alert(1)</script>", '"><img src=x>'])
def test_names_are_escaped(alice_client: Client, lecture: Lecture, name: str) -> None:
    student = factories.enroll(lecture.course, name=name)[0]
    analysed(lecture, Plan(n_people=6, students=(student,)))
    assert name not in page_of(alice_client, lecture)
