"""Real workers that read one run together, and what is left when one of them, or the broker, is gone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from courses.models import Lecture
from inference import runner
from inference.lease import Lease, claim, release
from inference.models import AnalysisRun, FaceTrack, SegmentScore
from inference.monitor import Monitor
from inference.stretches import stretches_ensure
from tests import factories
from tests.inference.test_store import score_values
from tests.inference.test_tasks import N_PARTS, again, wait_for_state
from tests.inference.workers import Broker, wait_for, worker

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.weights, pytest.mark.slow]
State = AnalysisRun.State
LENGTH_S = 19.7
# Parts of 3 s: stretches of two, two and three.
SPLIT = {"LECTERN_SPLIT_S": "9"}


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Broker]:
    made = Broker(tmp_path)
    made.start()
    yield made
    made.stop()


@pytest.fixture
def logs(tmp_path: Path) -> tuple[Path, Path]:
    return tmp_path / "first.log", tmp_path / "second.log"


@pytest.fixture
def run(lecture: Lecture, policy: object, clips: Path, settings: Any) -> AnalysisRun:
    """A waiting run of a real clip of 20 s in seven parts."""
    settings.ANALYSIS_PART_S, settings.ANALYSIS_SPLIT_S = 3.0, 9
    recording = factories.recording_of(clips / "WolfgangLanger_Pexels.mp4", lecture, duration_s=LENGTH_S)
    made: AnalysisRun = factories.AnalysisRunFactory(recording=recording, policy=policy, sample_fps=5.0, segment_s=10)
    return made


def begun(run: AnalysisRun) -> Lease:
    """Hold the run as its holder does, with everything recorded that a worker needs to join in."""
    lease = claim(run.pk)
    assert lease is not None
    runner._record_facts(lease, run, runner.open_pipeline(run))
    assert stretches_ensure(lease, run, duration_s=LENGTH_S)
    return lease


def read_whole(run: AnalysisRun, settings: Any) -> AnalysisRun:
    """Return another run of the recording, read by one worker in one go."""
    settings.ANALYSIS_SPLIT_S = 0
    whole = again(run)
    lease = claim(whole.pk)
    assert lease is not None
    with Monitor(lease) as monitor:
        runner.run(lease, monitor)
    return whole


def wait_for_parts(run: AnalysisRun, log: Path, *, least: int) -> None:
    wait_for(lambda: run.parts.count() >= least, f"{least} parts", log=log)


def people(run: AnalysisRun) -> list[FaceTrack]:
    return [track for track in run.tracks.all() if track.n_observations > 10]


def assert_same_within_interval(split: AnalysisRun, whole: AnalysisRun) -> None:
    """Every value lies in the interval that one worker found, or within a point where there is too little for one."""
    rows = {(row.segment_id, row.track and row.track.number): row for row in SegmentScore.objects.filter(run=split)}
    for one in SegmentScore.objects.filter(run=whole):
        found = rows.pop((one.segment_id, one.track and one.track.number))
        assert found.coverage == pytest.approx(one.coverage, abs=0.05)
        assert (found.concentration is None) == (one.concentration is None)
        if found.concentration is not None and one.concentration is not None:
            low, high = one.concentration_low, one.concentration_high
            assert (low or one.concentration - 1) <= found.concentration <= (high or one.concentration + 1)
    assert rows == {}


def test_two_workers_find_what_one_finds_after_one_of_them_was_killed(
    run: AnalysisRun, broker: Broker, logs: tuple[Path, Path], settings: Any
) -> None:
    lease = begun(run)
    with worker(broker, logs[0], environment=SPLIT) as first:
        broker.send_join(run.pk)
        wait_for_parts(run, logs[0], least=1)
        first.kill()
    before = run.parts.count()
    assert before < N_PARTS, "the worker was too fast to be disturbed"
    with worker(broker, logs[0], environment=SPLIT), worker(broker, logs[1], environment=SPLIT):
        release(lease)
        broker.send(run.pk)
        broker.send_join(run.pk)
        wait_for_state(run, logs[0], State.SUCCESS, State.FAILURE)
        undisturbed = again(run)
        broker.send(undisturbed.pk)
        wait_for_state(undisturbed, logs[0], State.SUCCESS, State.FAILURE)
    assert (run.state, run.parts_done, run.error_message) == (State.SUCCESS, N_PARTS, "")
    assert score_values(run) == score_values(undisturbed)
    assert list(run.parts.order_by("index").values_list("index", flat=True)) == list(range(N_PARTS))
    assert not run.stretches.exists()
    whole = read_whole(run, settings)
    assert [track.number for track in people(run)] == [track.number for track in people(whole)]
    parts = people(run)[0].blocks.order_by("part_index").values_list("part_index", flat=True)
    assert list(parts) == list(people(whole)[0].blocks.order_by("part_index").values_list("part_index", flat=True))
    assert_same_within_interval(run, whole)


def test_a_lost_broker_leaves_the_whole_run_to_its_holder(
    run: AnalysisRun, broker: Broker, logs: tuple[Path, Path]
) -> None:
    with worker(broker, logs[0], environment=SPLIT):
        broker.send(run.pk)
        wait_for_parts(run, logs[0], least=1)
        broker.stop()
        wait_for_state(run, logs[0], State.SUCCESS, State.FAILURE)
    assert (run.state, run.parts_done) == (State.SUCCESS, N_PARTS)
    assert logs[0].read_text().count("Reading stretch") == 3
    assert not run.stretches.exists()


def test_a_worker_that_joined_hands_its_stretch_back_on_a_warm_shutdown(
    run: AnalysisRun, broker: Broker, logs: tuple[Path, Path]
) -> None:
    begun(run)
    with worker(broker, logs[0], environment=SPLIT) as first:
        broker.send_join(run.pk)
        wait_for_parts(run, logs[0], least=1)
        assert first.stop() < 15
    assert not run.stretches.filter(is_done=False).exclude(lease_owner="").exists()
    assert broker.waiting() >= 1
