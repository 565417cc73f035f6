from __future__ import annotations

import os
import socket
import threading
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from inference.lease import Lease, LeaseLost, claim, fence, new_token, release, release_of_dead_workers, renew
from inference.models import AnalysisRun

State = AnalysisRun.State


@pytest.mark.django_db
def test_a_waiting_run_is_claimed_once(run: AnalysisRun) -> None:
    assert claim(run.pk) is not None
    assert claim(run.pk) is None


@pytest.mark.django_db
def test_a_claim_says_who_until_when_and_how_often(run: AnalysisRun, lease: Lease) -> None:
    assert (run.state, run.lease_owner, run.attempts) == (State.STARTED, lease.token, 1)
    assert run.lease_expires_at is not None
    assert run.lease_expires_at > timezone.now()


@pytest.mark.django_db
def test_an_expired_lease_can_be_taken_and_the_old_holder_is_refused(run: AnalysisRun, lease: Lease) -> None:
    AnalysisRun.objects.update(lease_expires_at=timezone.now() - timedelta(seconds=1))
    assert claim(run.pk) is not None
    with pytest.raises(LeaseLost):
        renew(lease)
    with pytest.raises(LeaseLost):
        fence(lease, device="cpu")


@pytest.mark.django_db
def test_the_same_worker_comes_back_with_its_token(run: AnalysisRun, lease: Lease) -> None:
    assert claim(run.pk, token=lease.token) == lease


@pytest.mark.django_db
def test_a_released_run_is_free_at_once(run: AnalysisRun, lease: Lease) -> None:
    release(lease)
    assert claim(run.pk) is not None


@pytest.mark.django_db
@pytest.mark.parametrize("state", [State.SUCCESS, State.FAILURE, State.REVOKED])
def test_an_ended_run_cannot_be_claimed(run: AnalysisRun, state: str) -> None:
    AnalysisRun.objects.update(state=state)
    assert claim(run.pk) is None


@pytest.mark.django_db
def test_runs_of_dead_processes_of_this_machine_are_freed(run: AnalysisRun, lease: Lease) -> None:
    assert release_of_dead_workers() == 0
    child = os.fork()
    if not child:
        os._exit(0)
    os.waitpid(child, 0)
    AnalysisRun.objects.update(lease_owner=f"{socket.gethostname()}|{child}|x")
    assert release_of_dead_workers() == 1
    assert claim(run.pk) is not None


@pytest.mark.django_db
def test_runs_of_other_machines_are_left_alone(run: AnalysisRun, lease: Lease) -> None:
    AnalysisRun.objects.update(lease_owner="elsewhere|999999|x")
    assert release_of_dead_workers() == 0


@pytest.mark.django_db(transaction=True)
def test_of_many_workers_at_once_one_gets_the_run(run: AnalysisRun) -> None:
    start, got = threading.Barrier(8), []

    def race() -> None:
        start.wait()
        got.append(claim(run.pk, token=new_token()))
        connection.close()

    threads = [threading.Thread(target=race) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len([lease for lease in got if lease]) == 1
