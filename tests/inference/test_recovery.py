from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from dashboard.celery import app
from inference import recovery, store
from inference.lease import Lease
from inference.models import AnalysisPart, AnalysisRun, FaceTrack, ObservationBlock
from tests.inference.parts import CARD_LABELS, parts

pytestmark = pytest.mark.django_db
State = AnalysisRun.State


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    ids: list[int] = []
    monkeypatch.setattr(recovery, "send", ids.append)
    return ids


def age(**fields: object) -> None:
    AnalysisRun.objects.update(created_at=timezone.now() - timedelta(minutes=1), **fields)


def queue_of(n_messages: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "messages_waiting", lambda: n_messages)


def test_a_run_whose_lease_ran_out_is_sent_again(run: AnalysisRun, lease: Lease, sent: list[int]) -> None:
    age(lease_expires_at=timezone.now() - timedelta(seconds=1))
    recovery.runs_recover()
    assert sent == [run.pk]


def test_a_run_that_is_worked_on_is_left_alone(run: AnalysisRun, lease: Lease, sent: list[int]) -> None:
    age()
    recovery.runs_recover()
    assert sent == []


def test_a_waiting_run_whose_message_was_lost_is_sent_again(
    run: AnalysisRun, sent: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    age()
    queue_of(0, monkeypatch)
    recovery.runs_recover()
    assert sent == [run.pk]


def test_a_waiting_run_whose_message_waits_too_is_not_sent_twice(
    run: AnalysisRun, sent: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    age()
    queue_of(1, monkeypatch)
    recovery.runs_recover()
    assert sent == []


def test_a_run_that_was_just_requested_is_given_time(
    run: AnalysisRun, sent: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    queue_of(0, monkeypatch)
    recovery.runs_recover()
    assert sent == []


def test_a_run_that_only_kills_workers_is_given_up_with_a_remedy(
    run: AnalysisRun, lease: Lease, sent: list[int]
) -> None:
    age(lease_expires_at=timezone.now() - timedelta(seconds=1), attempts=recovery.MOST_ATTEMPTS)
    recovery.runs_recover()
    run.refresh_from_db()
    assert (run.state, run.error_code, sent) == (State.FAILURE, "worker_lost", [])
    assert "memory" in run.error_remedy


def test_messages_of_a_real_queue_are_counted() -> None:
    name = f"test-{uuid4().hex}"
    assert recovery.messages_waiting(name) == 0
    app.send_task("inference.tasks.recover_runs", queue=name)
    assert recovery.messages_waiting(name) == 1
    with app.connection_for_write() as connection:
        channel: Any = connection.default_channel
        channel.queue_delete(name)


@pytest.mark.parametrize(
    ("state", "hours", "is_kept"),
    [(State.FAILURE, 25, False), (State.REVOKED, 25, False), (State.FAILURE, 23, True), (State.SUCCESS, 25, True)],
)
def test_what_an_unfinished_run_holds_of_faces_is_deleted_after_a_day(
    run: AnalysisRun, lease: Lease, state: str, hours: int, *, is_kept: bool
) -> None:
    for part in parts(n_parts=2):
        store.part_store(lease, run, part, n_labels=len(CARD_LABELS))
    AnalysisRun.objects.update(state=state, finished_at=timezone.now() - timedelta(hours=hours))
    recovery.unfinished_forget()
    for model in (AnalysisPart, FaceTrack, ObservationBlock):
        assert model.objects.filter(run=run).exists() == is_kept
    run.refresh_from_db()
    assert run.parts_done == (2 if is_kept else 0)
