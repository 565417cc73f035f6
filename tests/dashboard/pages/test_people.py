"""Who is who: every track as a card, every change by a form without JavaScript, and nobody else gets in."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from courses.models import Lecture, Mode, Student
from dashboard.pages.people import BadValue, seconds_of
from inference.models import AnalysisRun, FaceTrack, SegmentScore, TrackEdit, TrackSuggestion
from tests import factories
from tests.inference.relay import relay_run
from tests.report_data import Plan, analysed


@pytest.fixture
def relay(lecture: Lecture, policy: object) -> AnalysisRun:
    return relay_run(lecture, policy)


@pytest.fixture
def students(lecture: Lecture) -> list[Student]:
    return [factories.enroll(lecture.course, name=name)[0] for name in ("Ada Lovelace", "Ben Franklin")]


@pytest.fixture
def shown(lecture: Lecture, students: list[Student]) -> AnalysisRun:
    """Six people, none named, with a likely and an unsure suggestion."""
    found = analysed(lecture, Plan(n_people=6))
    suggest(found, 4, students[0], "likely")
    suggest(found, 2, students[1], "unsure")
    return found


def suggest(run: AnalysisRun, number: int, student: Student, band: str, source: str = "face") -> None:
    track = FaceTrack.objects.get(run=run, number=number)
    facts = {"track": track, "student": student, "band": band, "source": source, "score": 0.87}
    TrackSuggestion.objects.create(institution=run.institution, **facts)


def address(run: AnalysisRun, number: int | None = None) -> str:
    base = f"/lectures/{run.recording.lecture_id}/people/"
    return base if number is None else f"{base}{FaceTrack.objects.get(run=run, number=number).pk}/"


def page_of(client: Client, run: AnalysisRun) -> str:
    response = client.get(address(run))
    assert response.status_code == 200
    return response.content.decode()


def change(client: Client, run: AnalysisRun, number: int, **form: Any) -> str:
    """Send a card's form and return the page that follows."""
    response = client.post(address(run, number), form, follow=True)
    assert response.redirect_chain[-1][1] == 303
    return response.content.decode()


def names(page: str) -> list[str]:
    return re.findall(r'<h2 id="name-\d+">([^<]+)</h2>', page)


def test_what_waits_for_a_decision_comes_first(alice_client: Client, shown: AnalysisRun) -> None:
    assert names(page_of(alice_client, shown)) == [f"Person {n}" for n in (4, 2, 1, 3, 5, 6)]


def test_a_likely_suggestion_fills_the_form_in_and_an_unsure_one_does_not(
    alice_client: Client, shown: AnalysisRun, students: list[Student]
) -> None:
    page = page_of(alice_client, shown)
    chosen = re.findall(r'<option value="(\d+)" selected>', page)
    assert chosen == [str(students[0].pk)]
    assert page.count("not confirmed") == 2
    assert page.count(">Confirm<") == 1


def test_two_likely_students_fill_nothing_in(alice_client: Client, shown: AnalysisRun, students: list[Student]) -> None:
    suggest(shown, 4, students[1], "likely", source="tile")
    assert "selected>" not in page_of(alice_client, shown)


def test_who_left_the_roster_is_suggested_no_more(
    alice_client: Client, shown: AnalysisRun, students: list[Student]
) -> None:
    students[0].enrollments.all().delete()
    assert "Ada Lovelace" not in page_of(alice_client, shown)


def test_a_suggestion_does_not_name_the_track_on_the_report(alice_client: Client, shown: AnalysisRun) -> None:
    page = alice_client.get(f"/lectures/{shown.recording.lecture_id}/").content.decode()
    assert ">Person 4<" in page
    assert ">Ada Lovelace</span>" not in page


def test_names_are_given_and_taken_back(alice_client: Client, shown: AnalysisRun, students: list[Student]) -> None:
    page = change(alice_client, shown, 4, action="name", student=students[0].pk)
    assert "Named Ada Lovelace." in page
    assert "Ada Lovelace" in names(page)
    page = change(alice_client, shown, 4, action="name", student="")
    assert "The name was taken back." in page
    assert "Person 4" in names(page)


def test_a_stranger_to_the_roster_cannot_be_named(alice_client: Client, shown: AnalysisRun) -> None:
    other = factories.StudentFactory(institution=shown.institution)
    form = {"action": "name", "student": other.pk}
    assert alice_client.post(address(shown, 1), form).status_code == 404


@pytest.mark.django_db
class TestChanges:
    def test_merged_split_taken_apart_and_undone(self, alice_client: Client, relay: AnalysisRun) -> None:
        six = FaceTrack.objects.get(run=relay, number=6).pk
        page = change(alice_client, relay, 7, action="merge", into=six)
        assert "Merged" in page
        assert "2 tracks" in page
        assert "Person 7" not in names(page)
        page = change(alice_client, relay, 7, action="unmerge")
        assert "Person 7" in names(page)
        page = change(alice_client, relay, 1, action="split", at="1:10.5")
        assert "Split: what comes later is Person 8." in page
        for _time in range(3):
            page = alice_client.post(f"{address(relay)}undo/", follow=True).content.decode()
        assert "Undone: merged." in page
        assert names(page) == [f"Person {n}" for n in range(1, 8)]
        assert not TrackEdit.objects.exists()

    def test_who_is_seen_together_is_not_merged_and_the_page_says_why(
        self,
        alice_client: Client,
        relay: AnalysisRun,
    ) -> None:
        page = change(alice_client, relay, 1, action="merge", into=FaceTrack.objects.get(run=relay, number=2).pk)
        assert "visible at the same time" in page
        assert "notice-error" in page

    def test_an_instructor_counts_nowhere(self, alice_client: Client, relay: AnalysisRun) -> None:
        page = change(alice_client, relay, 1, action="mark", role="instructor")
        assert "counts nowhere" in page
        assert names(page)[-1] == "Person 1"
        assert not SegmentScore.objects.filter(track__number=1).exists()

    @pytest.mark.parametrize(
        ("form", "words"),
        [
            ({"action": "split", "at": "soon"}, "Write the time like 12:34."),
            ({"action": "split", "at": "9:00"}, "There is no face of this person before"),
            ({"action": "merge", "into": ""}, "Choose somebody first."),
            ({"action": "merge", "into": "٣"}, "Choose somebody first."),
            ({"action": "mark", "role": "king"}, "Choose what it is."),
        ],
    )
    def test_a_bad_value_says_what_to_do(
        self,
        alice_client: Client,
        relay: AnalysisRun,
        form: dict[str, str],
        words: str,
    ) -> None:
        assert words in change(alice_client, relay, 1, **form)

    def test_nothing_to_undo_is_told(self, alice_client: Client, relay: AnalysisRun) -> None:
        page = alice_client.post(f"{address(relay)}undo/", follow=True).content.decode()
        assert "There is nothing to undo." in page

    def test_a_track_of_another_lecture_is_not_reached(
        self,
        alice_client: Client,
        relay: AnalysisRun,
        lecture: Lecture,
    ) -> None:
        other = analysed(factories.LectureFactory(course=lecture.course, institution=lecture.institution))
        foreign = FaceTrack.objects.filter(run=other).first()
        assert foreign
        answer = alice_client.post(f"{address(relay)}{foreign.pk}/", {"action": "mark", "role": "nobody"})
        assert answer.status_code == 404
        answer = alice_client.post(address(relay, 1), {"action": "merge", "into": foreign.pk})
        assert answer.status_code == 404


def test_an_unknown_action_is_a_bad_request(alice_client: Client, shown: AnalysisRun) -> None:
    assert alice_client.post(address(shown, 1), {"action": "promote"}).status_code == 400


def test_stranger_gets_404(charlie_client: Client, shown: AnalysisRun) -> None:
    assert charlie_client.get(address(shown)).status_code == 404
    for url in (address(shown, 1), f"{address(shown)}undo/"):
        assert charlie_client.post(url, {"action": "mark", "role": "nobody"}).status_code == 404


def test_visitor_is_sent_to_log_in(client: Client, shown: AnalysisRun) -> None:
    assert client.get(address(shown)).status_code == 302
    assert client.post(address(shown, 1)).status_code == 302


def test_wrong_method_gets_405(alice_client: Client, shown: AnalysisRun) -> None:
    assert alice_client.post(address(shown)).status_code == 405
    for url in (address(shown, 1), f"{address(shown)}undo/"):
        assert alice_client.get(url).status_code == 405


def test_a_form_without_the_token_is_refused(alice: Any, shown: AnalysisRun) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert client.post(address(shown, 1), {"action": "mark", "role": "nobody"}).status_code == 403
    assert not FaceTrack.objects.filter(role="nobody").exists()


@pytest.mark.parametrize("mode", [Mode.AGGREGATE, Mode.OBSERVABLE])
def test_a_stricter_policy_answers_451(alice_client: Client, shown: AnalysisRun, mode: Mode) -> None:
    factories.policy(shown.institution, mode)
    assert alice_client.get(address(shown)).status_code == 451
    assert alice_client.post(address(shown, 1), {"action": "mark", "role": "nobody"}).status_code == 451


def test_a_lecture_without_individual_results_says_so(alice_client: Client, lecture: Lecture) -> None:
    page = alice_client.get(f"/lectures/{lecture.pk}/people/").content.decode()
    assert "Nobody to name yet" in page
    run = analysed(lecture, Plan(mode=Mode.AGGREGATE))
    assert "Nobody to name yet" in page_of(alice_client, run)
    assert alice_client.post(f"{address(run)}undo/").status_code == 404


def test_faces_seen_for_a_moment_are_folded_away(alice_client: Client, shown: AnalysisRun) -> None:
    FaceTrack.objects.filter(run=shown, number__gt=4).update(n_observations=1)
    assert "2 faces seen for a moment only" in page_of(alice_client, shown)


@pytest.mark.parametrize("n_people", [5, 40])
def test_the_page_takes_the_same_queries_for_any_number_of_people(
    alice_client: Client, lecture: Lecture, django_assert_num_queries: Any, n_people: int
) -> None:
    students = factories.enroll(lecture.course, count=n_people)
    run = analysed(lecture, Plan(n_people=n_people, students=tuple(students[:3])))
    suggest(run, n_people, students[-1], "likely")
    # Session, user, institution, lecture, policy, run, roster, suggestions, tracks, newest change.
    with django_assert_num_queries(10):
        page_of(alice_client, run)


def test_a_name_cannot_smuggle_markup(alice_client: Client, shown: AnalysisRun, lecture: Lecture) -> None:
    evil = factories.enroll(lecture.course, name="<script>alert(1)</script>")[0]
    page = change(alice_client, shown, 1, action="name", student=evil.pk)
    assert "<script>alert" not in page


@pytest.mark.parametrize(("text", "seconds"), [("12:34", 754), ("1:02:03", 3723), ("754.2", 754.2), (" 0:05.5 ", 5.5)])
def test_times_are_read_as_people_write_them(text: str, seconds: float) -> None:
    assert seconds_of(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "a:b", "1:2:3:4", "-5", "1e9", "12:", "٣:٤", "9" * 20])
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(BadValue):
        seconds_of(text)
