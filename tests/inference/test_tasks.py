from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from courses.models import Lecture
from inference.models import AnalysisRun, SegmentScore
from inference.services import run_cancel
from tests import factories
from tests.inference.test_store import score_values
from tests.inference.workers import Broker, cut_database_connections, wait_for, worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.weights, pytest.mark.slow]
State = AnalysisRun.State
N_PARTS = 7


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    made = Broker(tmp_path)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "worker.log"


@pytest.fixture
def run(lecture: Lecture, policy: object, clips: Path) -> AnalysisRun:
    """A waiting run of a real clip of 20 s in seven parts."""
    recording = factories.recording_of(clips / "WolfgangLanger_Pexels.mp4", lecture, duration_s=19.7)
    made: AnalysisRun = factories.AnalysisRunFactory(recording=recording, policy=policy, sample_fps=5.0, segment_s=10)
    return made


def again(run: AnalysisRun) -> AnalysisRun:
    """Return another waiting run of the same recording."""
    made: AnalysisRun = factories.AnalysisRunFactory(
        recording=run.recording, policy=run.policy, sample_fps=5.0, segment_s=10
    )
    return made


def wait_for_state(run: AnalysisRun, log: Path, *states: str) -> None:
    def reached() -> bool:
        run.refresh_from_db()
        return run.state in states

    wait_for(reached, f"state {states}", log=log)


def wait_for_part(run: AnalysisRun, log: Path, number: int = 1) -> None:
    def stored() -> bool:
        run.refresh_from_db()
        return run.parts_done >= number

    wait_for(lambda: stored() or not run.is_active, f"part {number}", log=log)
    assert run.is_active, f"{run.state}: {run.error_code} {run.error_message}"
    assert run.parts_done < N_PARTS, "the run was too fast to be disturbed"


def test_a_killed_run_goes_on_after_the_restart_with_the_same_scores(
    run: AnalysisRun, broker: Broker, log: Path
) -> None:
    disturbed = run
    with worker(broker, log) as first:
        broker.send(disturbed.pk)
        wait_for_part(disturbed, log)
        first.kill()
    disturbed.refresh_from_db()
    assert disturbed.state == State.STARTED
    stored = disturbed.parts_done
    with worker(broker, log):
        wait_for_state(disturbed, log, State.SUCCESS, State.FAILURE)
        assert (disturbed.state, disturbed.parts_done) == (State.SUCCESS, N_PARTS)
        undisturbed = again(run)
        broker.send(undisturbed.pk)
        wait_for_state(undisturbed, log, State.SUCCESS, State.FAILURE)
    assert score_values(disturbed) == score_values(undisturbed)
    assert disturbed.parts.filter(
        index__lt=stored, created_at__lt=disturbed.parts.get(index=stored).created_at
    ).exists()
    assert SegmentScore.objects.filter(run=disturbed).exclude(concentration=None).exists()


def test_a_warm_shutdown_hands_the_run_on_at_once(run: AnalysisRun, broker: Broker, log: Path) -> None:
    with worker(broker, log) as first:
        broker.send(run.pk)
        wait_for_part(run, log)
        assert first.stop() < 15
    run.refresh_from_db()
    assert (run.state, run.lease_owner) == (State.STARTED, "")
    assert broker.waiting() == 1
    with worker(broker, log):
        wait_for_state(run, log, State.SUCCESS, State.FAILURE)
    assert run.state == State.SUCCESS


def test_two_workers_that_get_the_same_run_do_it_once(run: AnalysisRun, broker: Broker, log: Path) -> None:
    with worker(broker, log, processes=2):
        for _ in range(4):
            broker.send(run.pk)
        wait_for_state(run, log, State.SUCCESS, State.FAILURE)
        wait_for(lambda: broker.waiting() == 0, "an empty queue")
    assert run.state == State.SUCCESS
    assert log.read_text().count("Analysing in mode individual") == 1
    assert list(run.parts.values_list("index", flat=True)) == list(range(N_PARTS))


def test_a_cancel_stops_a_working_run(run: AnalysisRun, broker: Broker, log: Path) -> None:
    with worker(broker, log):
        broker.send(run.pk)
        wait_for_part(run, log)
        run_cancel(run)
        wait_for_state(run, log, State.REVOKED, State.SUCCESS, State.FAILURE)
    assert run.state == State.REVOKED
    assert not SegmentScore.objects.filter(run=run).exists()


def test_a_run_survives_a_lost_database(run: AnalysisRun, broker: Broker, log: Path) -> None:
    with worker(broker, log):
        broker.send(run.pk)
        wait_for_part(run, log)
        cut_database_connections()
        wait_for_state(run, log, State.SUCCESS, State.FAILURE)
    assert (run.state, run.parts_done) == (State.SUCCESS, N_PARTS)


def test_a_run_survives_a_lost_broker(run: AnalysisRun, broker: Broker, log: Path) -> None:
    with worker(broker, log):
        broker.send(run.pk)
        wait_for_part(run, log)
        broker.stop()
        wait_for_state(run, log, State.SUCCESS, State.FAILURE)
        assert run.state == State.SUCCESS
        broker.start()
        later = again(run)
        broker.send(later.pk)
        wait_for_state(later, log, State.SUCCESS, State.FAILURE)
    assert later.state == State.SUCCESS
    assert score_values(later) == score_values(run)
    connection.close()


def test_a_file_that_is_no_video_fails_with_a_remedy(
    lecture: Lecture, policy: object, broker: Broker, log: Path, tmp_path: Path
) -> None:
    path = tmp_path / "notes.mp4"
    path.write_text("these are notes")
    run = factories.AnalysisRunFactory(recording=factories.recording_of(path, lecture), policy=policy)
    with worker(broker, log):
        broker.send(run.pk)
        wait_for_state(run, log, State.FAILURE, State.SUCCESS)
    assert (run.state, run.error_code) == (State.FAILURE, "not_a_video")
    assert "Upload" in run.error_remedy
    assert f'"run_id": {run.pk}' in log.read_text()
