"""Valence and basic emotions in a report: only what ran, only what the policy of today allows, never of too few."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from courses.models import Course, ExtraEstimates, Lecture, Mode
from tests import factories
from tests.dashboard.pages.test_lecture import page_of, payload
from tests.report_data import Plan, analysed

BOTH = ("valence", "basic")


def allow(lecture: Lecture, choice: str, mode: Mode = Mode.INDIVIDUAL) -> None:
    factories.policy(lecture.institution, mode, extra_estimates=ExtraEstimates(choice))


def scores(client: Client, lecture: Lecture) -> dict[str, Any]:
    found: dict[str, Any] = client.get(f"/api/lectures/{lecture.pk}/scores/").json()
    return found


def people(client: Client, lecture: Lecture) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(f"/api/lectures/{lecture.pk}/people/").json()
    return found


@pytest.fixture
def report(lecture: Lecture) -> Lecture:
    """A report of twelve people in which both estimates ran, in an institution that allows both."""
    analysed(lecture, Plan(extras=BOTH, gaps=((300, 360),)))
    allow(lecture, "both")
    return lecture


def test_report_shows_what_ran_and_is_allowed(alice_client: Client, report: Lecture) -> None:
    page = page_of(alice_client, report)
    assert "They say how faces appear, not what anyone feels" in page
    for key in BOTH:
        assert set(payload(page, key)["templates"]) == {"light", "dark"}
    assert "VALENCE valence" in page


def test_api_has_shares_labels_and_networks(alice_client: Client, report: Lecture) -> None:
    found = scores(alice_client, report)
    assert [(extra["key"], len(extra["labels"])) for extra in found["extras"]] == [("valence", 3), ("basic", 7)]
    assert found["segments"][0]["valence"] == pytest.approx([0.125, 0.5, 0.375])
    assert sum(found["segments"][0]["basic"]) == pytest.approx(1)
    assert sum(found["summary"]["mix"][0]["valence"]) == pytest.approx(1)
    assert sum(people(alice_client, report)[0]["rows"][0]["basic"]) == pytest.approx(1)


def test_stretch_without_enough_faces_has_no_shares(alice_client: Client, report: Lecture) -> None:
    row = scores(alice_client, report)["segments"][10]
    assert (row["valence"], row["basic"]) == (None, None)
    assert row["coverage"] > 0


@pytest.mark.parametrize(("choice", "shown"), [("valence", "valence"), ("basic", "basic"), ("none", "")])
def test_a_narrower_policy_hides_the_rest_everywhere_at_once(
    alice_client: Client, report: Lecture, choice: str, shown: str
) -> None:
    allow(report, choice)
    page = page_of(alice_client, report)
    found = scores(alice_client, report)
    for key in BOTH:
        is_shown = key == shown
        assert (f"chart-{key}" in page) is is_shown
        assert (found["segments"][0][key] is not None) is is_shown
        assert (people(alice_client, report)[0]["rows"][0][key] is not None) is is_shown
    assert [extra["key"] for extra in found["extras"]] == ([shown] if shown else [])


def test_a_stricter_course_hides_them_too(alice_client: Client, report: Lecture) -> None:
    Course.objects.update(mode=Mode.OBSERVABLE)
    page, found = page_of(alice_client, report), scores(alice_client, report)
    assert "chart-valence" not in page
    assert (found["extras"], found["segments"][0]["valence"]) == ([], None)


def test_a_stricter_course_hides_all_expressions_of_an_older_run(alice_client: Client, report: Lecture) -> None:
    Course.objects.update(mode=Mode.OBSERVABLE)
    page = page_of(alice_client, report)
    assert "chart-observable" in page
    for key in ("concentration", "mix", "mood", "students"):
        assert f"chart-{key}" not in page


def test_what_did_not_run_is_not_shown_whatever_is_allowed(alice_client: Client, lecture: Lecture) -> None:
    analysed(lecture)
    allow(lecture, "both")
    page, found = page_of(alice_client, lecture), scores(alice_client, lecture)
    assert 'id="expressions"' not in page
    assert (found["extras"], found["segments"][0]["valence"]) == ([], None)


def test_class_shares_of_fewer_people_than_the_minimum_are_hidden(alice_client: Client, lecture: Lecture) -> None:
    analysed(lecture, Plan(extras=BOTH, n_people=4))
    allow(lecture, "both")
    found = scores(alice_client, lecture)
    assert 'id="expressions"' not in page_of(alice_client, lecture)
    assert {row[key] for row in found["segments"] for key in BOTH} == {None}
    assert {span[key] for span in found["summary"]["mix"] for key in BOTH} == {None}
    assert people(alice_client, lecture)[0]["rows"][0]["valence"] is not None


def test_stranger_gets_404(charlie_client: Client, report: Lecture) -> None:
    for path in (f"/lectures/{report.pk}/", f"/api/lectures/{report.pk}/scores/", f"/api/lectures/{report.pk}/people/"):
        assert charlie_client.get(path).status_code == 404


@pytest.mark.parametrize("extras", [(), BOTH])
def test_extras_take_no_query_more(
    alice_client: Client, lecture: Lecture, extras: tuple[str, ...], django_assert_max_num_queries: Any
) -> None:
    analysed(lecture, Plan(length_s=3600, n_people=40, extras=extras))
    allow(lecture, "both")
    with django_assert_max_num_queries(12):
        page_of(alice_client, lecture)
    with django_assert_max_num_queries(10):
        scores(alice_client, lecture)


def test_without_a_choice_the_columns_are_not_read(alice_client: Client, report: Lecture) -> None:
    allow(report, "none")
    with CaptureQueriesContext(connection) as queries:
        page_of(alice_client, report)
    reads = [query["sql"] for query in queries.captured_queries if "inference_segmentscore" in query["sql"]]
    assert reads
    assert not any("valence_positive" in sql or "basic_sad" in sql for sql in reads)
