from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from courses.models import Course, Lecture, Mode, User
from inference import selectors, services, store
from inference.evidence import Evidence
from inference.lease import Lease
from inference.models import AnalysisRun, FaceTrack
from inference.selectors import LABELS
from tests import factories
from tests.inference.parts import CARD_LABELS, FOCUSED, face, parts

pytestmark = pytest.mark.django_db


def report_of(run: AnalysisRun) -> selectors.Report:
    report = selectors.report(run.recording.lecture)
    assert report is not None
    return report


def test_before_the_first_finished_run_there_is_no_report(lecture: Lecture, run: AnalysisRun) -> None:
    assert selectors.report(lecture) is None
    assert selectors.newest_run(lecture) == run


def test_a_report_has_the_class_and_its_people(finished: AnalysisRun) -> None:
    report = report_of(finished)
    assert [row.index for row in report.rows] == [0, 1, 2, 3, 4, 5]
    assert [person.name for person in report.people] == [f"Person {n}" for n in range(1, 7)]
    assert all(len(person.rows) == 6 for person in report.people)
    row = report.rows[0]
    assert row.low is not None
    assert row.concentration is not None
    assert row.high is not None
    assert row.low <= row.concentration <= row.high
    assert row.mix is not None
    assert sum(row.mix) == pytest.approx(1, abs=0.01)
    assert len(row.mix) == len(LABELS)


def test_the_summary_speaks_of_the_whole_and_its_thirds(finished: AnalysisRun) -> None:
    summary = report_of(finished).summary
    assert [span.key for span in summary.mix] == ["whole", "first", "middle", "last"]
    assert summary.concentration is not None
    assert (summary.n_people_seen, summary.coverage, summary.insufficient_s) == (6, 1.0, 0)


def test_a_report_takes_five_queries(finished: AnalysisRun, django_assert_max_num_queries: Any) -> None:
    lecture = Lecture.objects.get(pk=finished.recording.lecture_id)
    with django_assert_max_num_queries(5):
        selectors.report(lecture)


def test_a_named_person_is_listed_by_name(finished: AnalysisRun, course: Course, alice: User) -> None:
    (dana,) = factories.enroll(course, name="Dana")
    track = FaceTrack.objects.get(run=finished, number=2)
    services.track_assign(track, student=dana, user=alice)
    report = report_of(finished)
    person = next(person for person in report.people if person.student_id)
    assert (person.key, person.name, person.track_ids) == (f"student-{dana.pk}", "Dana", (track.pk,))
    assert person.concentration is not None
    assert report.summary.n_roster == 1


def test_class_values_of_fewer_people_than_the_minimum_are_hidden(finished: AnalysisRun, settings: Any) -> None:
    settings.MINIMUM_PEOPLE = 7
    report = report_of(finished)
    for row in report.rows:
        hidden = (row.concentration, row.low, row.high, row.mix, row.eyes_closed_share, row.head_turned_share)
        assert set(hidden) == {None}
    assert report.summary.concentration is None
    assert {span.mix for span in report.summary.mix} == {None}
    assert report.summary.insufficient_s == 180
    assert report.people[0].concentration is not None


def test_aggregate_reports_name_nobody(run: AnalysisRun, lease: Lease) -> None:
    AnalysisRun.objects.update(mode=Mode.AGGREGATE)
    run.mode = Mode.AGGREGATE
    evidence = Evidence(CARD_LABELS)
    for part in parts(tracks=(1, 2, 3, 4, 5), make=lambda track, time_s: face(track, time_s, probabilities=FOCUSED)):
        evidence.add(part)
    store.run_finish(lease, run, evidence)
    report = report_of(run)
    assert report.people == ()
    assert report.rows[0].concentration == pytest.approx(100)
    assert report.summary.n_people_seen == 5


def test_a_flicker_of_the_detector_is_no_person(run: AnalysisRun, lease: Lease) -> None:
    (part,) = parts(n_parts=1, tracks=(1,))
    flicker = (face(9, 0.0), face(9, 1.0))
    store.part_store(lease, run, replace(part, observations=(*part.observations, *flicker)), n_labels=len(CARD_LABELS))
    store.run_finish(lease, run)
    assert FaceTrack.objects.count() == 2
    assert [person.name for person in report_of(run).people] == ["Person 1"]


def test_progress_says_how_many_wait_in_front(run: AnalysisRun, lecture: Lecture) -> None:
    other = factories.LectureFactory(course=lecture.course)
    second = factories.AnalysisRunFactory(recording__lecture=other, policy=run.policy)
    assert selectors.run_progress(run)["queue_position"] == 0
    assert selectors.run_progress(second)["queue_position"] == 1


def test_progress_of_a_failed_run_says_what_to_do(run: AnalysisRun) -> None:
    run.state, run.error_code, run.error_message, run.error_remedy = "failure", "empty", "It is empty.", "Export it."
    message = selectors.run_progress(run)
    assert message["error"] == {"code": "empty", "message": "It is empty.", "remedy": "Export it."}
    assert (message["eta_s"], message["queue_position"]) == (None, None)
    assert message["report_url"] == f"/lectures/{run.recording.lecture_id}/"
