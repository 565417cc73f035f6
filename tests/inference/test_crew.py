"""Several workers on one run, with a pipeline that yields parts made by hand."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerError

from inference import crew, execution, runner
from inference.crew import Desk, call_crew, read_all, read_free
from inference.lease import Lease, RunCancelled, new_token
from inference.models import AnalysisRun, AnalysisStretch
from inference.monitor import Monitor
from inference.seams import seams_close
from inference.stretches import stretch_claim, stretches_ensure
from inference.vision.pipeline import Pipeline
from inference.vision.types import Hook, Part, silent_hook
from tests.inference.parts import CARD_LABELS, parts
from tests.inference.test_stretches import sight

pytestmark = pytest.mark.django_db(transaction=True)
LENGTH_S = 240.0
N_PARTS = 4


class HandMade:
    """A pipeline in whose recording one person is seen all the time; `before` is called before each part."""

    def __init__(self, before: Callable[[int], None] = lambda index: None) -> None:
        self._before = before

    def run(
        self, _path: Path, *, start_part: int = 0, stop_part: int | None = None,
        tracker_state: dict[str, Any] | None = None, hook: Hook = silent_hook,
    ) -> Iterator[Part]:  # fmt: skip
        number = int(tracker_state["next_number"]) if tracker_state else 1
        for part in list(parts(n_parts=N_PARTS, tracks=(number,)))[start_part:stop_part]:
            self._before(part.index)
            hook("faces", part.end_s, LENGTH_S)
            sights = (sight(number),) if part.index == start_part else ()
            state: dict[str, object] = {"next_number": number, "tracks": []}
            yield replace(part, first_sights=sights, tracker_state=state)


def fail(_index: int) -> None:
    raise ValueError("this part cannot be read")


@pytest.fixture(autouse=True)
def split(settings: Any, run: AnalysisRun, lease: Lease) -> None:
    """Two stretches of two parts."""
    settings.ANALYSIS_SPLIT_S = 120
    assert stretches_ensure(lease, run, duration_s=LENGTH_S)


def desk(run: AnalysisRun, before: Callable[[int], None] = lambda index: None) -> Desk:
    return Desk(run, cast("Pipeline", HandMade(before)), Path("lecture.mp4"), len(CARD_LABELS))


def hold(run: AnalysisRun, lease: Lease, before: Callable[[int], None] = lambda index: None) -> Monitor:
    """Do what the run's holder does."""
    with Monitor(lease) as monitor:
        read_all(desk(run, before), token=lease.token, monitor=monitor, duration_s=LENGTH_S)
    return monitor


def stored(run: AnalysisRun) -> list[int]:
    return list(run.parts.order_by("index").values_list("index", flat=True))


def test_the_holder_reads_everything_where_nobody_joins_in(run: AnalysisRun, lease: Lease) -> None:
    hold(run, lease)
    run.refresh_from_db()
    assert (stored(run), run.parts_done) == ([0, 1, 2, 3], 4)
    seams_close(lease, run)
    assert not run.stretches.exists()


def test_who_joins_in_reads_what_is_free_and_leaves_the_rest(run: AnalysisRun, lease: Lease) -> None:
    assert stretch_claim(run.pk, token=lease.token, is_holder=True)
    read_free(desk(run), token=new_token())
    assert stored(run) == [2, 3]
    hold(run, lease)
    assert stored(run) == [0, 1, 2, 3]


def test_the_holder_waits_for_others_and_takes_over_from_the_dead(
    run: AnalysisRun, lease: Lease, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert stretch_claim(run.pk, token=new_token(), is_holder=False)
    pauses: list[float] = []

    def die(pause_s: float) -> None:
        pauses.append(pause_s)
        AnalysisStretch.objects.filter(index=0).update(lease_expires_at=timezone.now() - timedelta(seconds=1))

    monkeypatch.setattr("inference.crew.time.sleep", die)
    monitor = hold(run, lease)
    assert (stored(run), pauses) == ([0, 1, 2, 3], [crew.POLL_S])
    assert monitor.progress.share > 0.4


def test_a_stretch_goes_on_from_its_last_stored_part(run: AnalysisRun, lease: Lease) -> None:
    read: list[int] = []

    def lose_power(index: int) -> None:
        read.append(index)
        if len(read) == 2:
            raise SystemExit

    with pytest.raises(SystemExit):
        read_free(desk(run, lose_power), token=new_token())
    AnalysisStretch.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    hold(run, lease, read.append)
    assert read == [0, 1, 1, 2, 3]


def test_what_fails_for_another_worker_fails_the_run_with_the_same_error(run: AnalysisRun, lease: Lease) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        read_free(desk(run, fail), token=new_token())
    assert list(run.stretches.values_list("is_left_to_holder", flat=True)) == [True, False]
    with pytest.raises(ValueError, match="cannot be read"):
        hold(run, lease, fail)


def test_a_cancel_stops_every_worker(run: AnalysisRun, lease: Lease) -> None:
    AnalysisRun.objects.update(is_cancel_requested=True)

    def wait(_index: int) -> None:
        time.sleep(1.2)

    with pytest.raises(RunCancelled):
        read_free(desk(run, wait), token=new_token())
    with pytest.raises(RunCancelled):
        hold(run, lease, wait)
    assert stored(run) == []
    assert not run.stretches.exclude(lease_owner="").exists()


def test_as_many_are_called_as_there_are_stretches_for(
    run: AnalysisRun, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[int] = []
    monkeypatch.setattr("inference.tasks.join_run.delay", sent.append)
    call_crew(run)
    assert sent == [run.pk]
    sent.clear()
    AnalysisStretch.objects.update(is_done=True)
    call_crew(run)
    assert sent == []


def test_a_lost_broker_costs_company_alone(run: AnalysisRun, lease: Lease, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(_run_id: int) -> None:
        raise BrokerError("gone")

    monkeypatch.setattr("inference.tasks.join_run.delay", lost)
    call_crew(run)
    hold(run, lease)
    assert stored(run) == [0, 1, 2, 3]


def test_a_worker_with_other_weights_does_not_join_in(
    run: AnalysisRun, lease: Lease, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    class Other:
        card = None
        extra_cards: dict[str, object] = {}

    monkeypatch.setattr(runner, "open_pipeline", lambda _run: Other())
    runner.join(run.pk, new_token())
    assert "other weights" in caplog.text
    assert stored(run) == []


def test_an_error_of_a_worker_that_joined_is_logged_and_is_not_the_runs(
    run: AnalysisRun, lease: Lease, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(runner, "open_pipeline", lambda _run: fail(0))
    execution.join(run.pk, new_token())
    run.refresh_from_db()
    assert run.state == AnalysisRun.State.STARTED
    assert "left to the run's holder" in caplog.text
