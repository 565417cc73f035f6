from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from courses.models import Course, Lecture, Mode, Segment, Student, User
from courses.policy import PolicyDenied, Purpose
from dashboard.settings.home import BASE_DIR
from inference import services, store
from inference.lease import Lease
from inference.models import AnalysisRun, FaceTrack, SegmentScore
from inference.results import LABELS
from inference.services import NotOnRoster, RunIsActive, RunIsNotFinished
from inference.spans import bounds
from inference.vision.aggregate import score_people
from inference.vision.profiles import PROFILES
from tests import factories
from tests.inference.test_store import score_values

State = AnalysisRun.State


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return the ids of runs that were handed to workers; there is no worker in these tests."""
    ids: list[int] = []
    monkeypatch.setattr(services, "send", ids.append)
    return ids


@pytest.mark.django_db
class TestRequest:
    def test_a_request_saves_a_waiting_run_as_the_course_wants_it(self, lecture: Lecture, alice: User) -> None:
        lecture.course.sample_fps, lecture.course.segment_s = 2.0, 60
        run = services.run_request(factories.RecordingFactory(lecture=lecture), requested_by=alice)
        assert (run.state, run.mode, run.sample_fps, run.segment_s) == (State.PENDING, Mode.INDIVIDUAL, 2.0, 60)
        assert run.requested_by == alice

    def test_the_task_is_sent_when_the_transaction_is_committed(
        self, lecture: Lecture, sent: list[int], django_capture_on_commit_callbacks: Any
    ) -> None:
        recording = factories.RecordingFactory(lecture=lecture)
        with django_capture_on_commit_callbacks(execute=True):
            run = services.run_request(recording, requested_by=None)
            assert sent == []
        assert sent == [run.pk]

    def test_a_second_request_while_one_is_active_is_refused(self, lecture: Lecture) -> None:
        recording = factories.RecordingFactory(lecture=lecture)
        services.run_request(recording, requested_by=None)
        with pytest.raises(RunIsActive, match="cancel it first"):
            services.run_request(recording, requested_by=None)
        assert AnalysisRun.objects.count() == 1

    def test_a_course_can_be_stricter_than_its_institution(self, lecture: Lecture) -> None:
        lecture.course.mode = Mode.OBSERVABLE
        run = services.run_request(factories.RecordingFactory(lecture=lecture), requested_by=None)
        assert run.mode == Mode.OBSERVABLE

    def test_without_a_policy_nothing_is_requested(self, institution: object) -> None:
        course = factories.CourseFactory(institution=institution)
        with pytest.raises(PolicyDenied):
            services.run_request(factories.RecordingFactory(lecture__course=course), requested_by=None)
        assert not AnalysisRun.objects.exists()


@pytest.mark.django_db
class TestCancel:
    def test_a_waiting_run_is_cancelled_at_once(self, run: AnalysisRun) -> None:
        services.run_cancel(run)
        assert run.state == State.REVOKED
        assert run.finished_at is not None

    def test_a_working_run_is_asked_to_stop(self, run: AnalysisRun, lease: Lease) -> None:
        services.run_cancel(run)
        assert (run.state, run.is_cancel_requested) == (State.STARTED, True)

    def test_a_run_whose_worker_is_gone_is_cancelled_at_once(self, run: AnalysisRun, lease: Lease) -> None:
        AnalysisRun.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
        services.run_cancel(run)
        assert run.state == State.REVOKED

    def test_a_finished_run_stays_finished(self, finished: AnalysisRun) -> None:
        services.run_cancel(finished)
        assert finished.state == State.SUCCESS


@pytest.mark.django_db
class TestRetry:
    @pytest.mark.parametrize("state", [State.FAILURE, State.REVOKED])
    def test_a_failed_run_waits_again_and_keeps_its_parts(self, run: AnalysisRun, state: str) -> None:
        AnalysisRun.objects.update(
            state=state, error_code="internal", error_message="x", error_remedy="y", parts_done=2, attempts=5,
            is_cancel_requested=True, finished_at=timezone.now(),
        )  # fmt: skip
        again = services.run_retry(run)
        again.refresh_from_db()
        assert (again.state, again.error_code, again.parts_done, again.attempts) == (State.PENDING, "", 2, 0)
        assert (again.is_cancel_requested, again.finished_at) == (False, None)

    def test_an_active_run_cannot_be_retried(self, run: AnalysisRun) -> None:
        with pytest.raises(RunIsActive):
            services.run_retry(run)

    def test_a_finished_run_cannot_be_retried(self, finished: AnalysisRun) -> None:
        with pytest.raises(RunIsNotFinished):
            services.run_retry(finished)

    def test_an_older_run_cannot_be_retried_beside_a_newer_one(self, run: AnalysisRun) -> None:
        AnalysisRun.objects.update(state=State.FAILURE)
        services.run_request(run.recording, requested_by=None)
        with pytest.raises(RunIsActive):
            services.run_retry(run)


@pytest.mark.django_db
class TestAssign:
    @pytest.fixture
    def dana(self, course: Course) -> Student:
        return factories.enroll(course, name="Dana")[0]

    def track(self, run: AnalysisRun, number: int) -> FaceTrack:
        return FaceTrack.objects.select_related("run__recording__lecture__course").get(run=run, number=number)

    def test_a_named_track_counts_for_the_student(self, finished: AnalysisRun, dana: Student, alice: User) -> None:
        before = SegmentScore.objects.filter(track__number=1).order_by("segment")
        values = list(before.values_list("segment", "concentration", "concentration_low"))
        services.track_assign(self.track(finished, 1), student=dana, user=alice)
        after = SegmentScore.objects.filter(student=dana).order_by("segment")
        assert list(after.values_list("segment", "concentration", "concentration_low")) == values
        assert not SegmentScore.objects.filter(track__number=1).exists()
        assert self.track(finished, 1).named_by == alice

    def test_two_tracks_of_one_student_are_one_person_who_counts_once(
        self, finished: AnalysisRun, dana: Student, alice: User
    ) -> None:
        for number in (1, 2):
            services.track_assign(self.track(finished, number), student=dana, user=alice)
        row = SegmentScore.objects.filter(student=dana).first()
        assert row is not None
        assert (row.n_observations, row.coverage) == (30, 1.0)
        group = SegmentScore.objects.filter(track=None, student=None).first()
        assert group is not None
        assert group.n_people == 5

    def test_naming_gives_the_scores_that_a_rescore_gives(
        self, finished: AnalysisRun, dana: Student, alice: User
    ) -> None:
        services.track_assign(self.track(finished, 1), student=dana, user=alice)
        named = score_values(finished)
        services.run_rescore(finished)
        assert score_values(finished) == named

    def test_taking_one_of_two_tracks_back_parts_the_person(
        self, finished: AnalysisRun, dana: Student, alice: User
    ) -> None:
        for number, student in ((1, dana), (2, dana), (1, None)):
            services.track_assign(self.track(finished, number), student=student, user=alice)
        parted = score_values(finished)
        assert SegmentScore.objects.filter(student=dana).exists()
        assert SegmentScore.objects.filter(track__number=1).exists()
        services.run_rescore(finished)
        assert score_values(finished) == parted

    def test_taking_a_name_back_restores_the_scores(self, finished: AnalysisRun, dana: Student, alice: User) -> None:
        before = score_values(finished)
        for student in (dana, None):
            services.track_assign(self.track(finished, 1), student=student, user=alice)
        assert score_values(finished) == before

    def test_only_students_of_the_course_can_be_named(self, finished: AnalysisRun, alice: User) -> None:
        stranger = factories.StudentFactory(institution=finished.institution)
        with pytest.raises(NotOnRoster, match="roster"):
            services.track_assign(self.track(finished, 1), student=stranger, user=alice)
        assert self.track(finished, 1).student is None

    def test_a_policy_without_individual_values_forbids_names(
        self, finished: AnalysisRun, dana: Student, alice: User
    ) -> None:
        factories.policy(finished.institution, Mode.AGGREGATE)
        with pytest.raises(PolicyDenied):
            services.track_assign(self.track(finished, 1), student=dana, user=alice)


@pytest.mark.django_db
def test_a_rescore_without_a_change_gives_the_same_scores(finished: AnalysisRun) -> None:
    before = score_values(finished)
    services.run_rescore(finished)
    assert score_values(finished) == before


@pytest.mark.django_db
class TestRescoreByAnotherProfile:
    @pytest.mark.parametrize("name", PROFILES)
    def test_scores_are_those_of_a_run_that_began_with_the_profile(self, finished: AnalysisRun, name: str) -> None:
        services.run_rescore(finished, profile=name)
        evidence = store.stored_evidence(finished)
        samples = evidence.samples(profile=PROFILES[name])
        spans = bounds(list(Segment.objects.filter(lecture=finished.recording.lecture, kind="fixed").order_by("index")))
        wanted = score_people(samples, spans, profile=PROFILES[name]).concentration
        stored = SegmentScore.objects.filter(run=finished, segment__kind="fixed", track__isnull=False)
        rows = stored.values_list("track__number", "segment__index", "concentration")
        found = {(number, index): value for number, index, value in rows}
        assert found == {
            (int(number), index): pytest.approx(wanted[person, index])
            for person, number in enumerate(samples.people)
            for index in range(len(spans))
        }

    def test_there_and_back_restores_every_score(self, finished: AnalysisRun) -> None:
        before = score_values(finished)
        services.run_rescore(finished, profile="sharma")
        assert score_values(finished) != before
        services.run_rescore(finished, profile="default")
        assert score_values(finished) == before

    def test_naming_tracks_keeps_the_profile(self, finished: AnalysisRun, course: Course, alice: User) -> None:
        dana = factories.enroll(course, name="Dana")[0]
        services.run_rescore(finished, profile="head-only")
        for number in (1, 2):
            track = FaceTrack.objects.select_related("run__recording__lecture__course").get(run=finished, number=number)
            services.track_assign(track, student=dana, user=alice)
        finished.refresh_from_db()
        assert finished.formula_version == "head-only-1"
        named = score_values(finished)
        services.run_rescore(finished, profile="head-only")
        assert score_values(finished) == named

    def test_what_is_shown_apart_does_not_change(self, finished: AnalysisRun) -> None:
        apart = ("segment", "track", *LABELS, "coverage", "eyes_closed_share", "head_turned_share")
        before = sorted(finished.scores.values_list(*apart), key=str)
        services.run_rescore(finished, profile="sharma")
        assert sorted(finished.scores.values_list(*apart), key=str) == before

    def test_a_formula_that_is_computed_no_more_gives_way_to_the_modes_own(self, finished: AnalysisRun) -> None:
        AnalysisRun.objects.update(formula_version="ci-1")
        finished.refresh_from_db()
        services.run_rescore(finished)
        finished.refresh_from_db()
        assert finished.formula_version == "default-2"

    def test_an_unknown_profile_is_refused(self, finished: AnalysisRun) -> None:
        with pytest.raises(services.NoSuchProfile):
            services.run_rescore(finished, profile="nonsense")

    def test_a_run_in_mode_observable_gets_no_index_by_any_profile(self, finished: AnalysisRun) -> None:
        AnalysisRun.objects.update(mode=Mode.OBSERVABLE)
        finished.refresh_from_db()
        for name in PROFILES:
            with pytest.raises(services.RunHasNoIndex):
                services.run_rescore(finished, profile=name)

    def test_a_profile_that_reads_expressions_asks_the_policy_for_them(
        self, finished: AnalysisRun, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        asked: list[Purpose] = []
        monkeypatch.setattr(services, "require", lambda purpose, **_facts: asked.append(purpose))
        for name in PROFILES:
            services.run_rescore(finished, profile=name)
        expression, individual = Purpose.EXPRESSION, Purpose.INDIVIDUAL
        assert asked == [expression, individual, individual, expression, individual, individual]


@pytest.mark.django_db
def test_a_run_that_is_not_done_cannot_be_scored_again(run: AnalysisRun) -> None:
    with pytest.raises(RunIsNotFinished):
        services.run_rescore(run)


def test_a_lost_broker_does_not_fail_a_request() -> None:
    """The run waits in the database; `recover_runs` sends it when the broker is back."""
    code = "import django; django.setup(); from inference.services import send; send(7)"
    environment = {
        **os.environ,
        "REDIS_URL": "redis://127.0.0.1:9/0",
        "DJANGO_SETTINGS_MODULE": "dashboard.settings.test",
    }
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, cwd=BASE_DIR, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert "will be sent later" in done.stderr
