"""The lease of a run: whoever holds it is the only one that writes, and whoever lost it is refused.

All times are the database's, so that the clocks of workers do not matter.
"""

from __future__ import annotations

import os
import socket
import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce, Now

from inference.models import AnalysisRun, AnalysisStretch

State = AnalysisRun.State


class Interrupted(Exception):
    """The run stops here, and not because of an error."""


class LeaseLost(Interrupted):
    """Another worker took the run over, or it was cancelled behind this one's back."""


class RunCancelled(Interrupted):
    """Somebody asked the run to stop."""


class WorkerStopping(Interrupted):
    """This worker shuts down; another one goes on from the last stored part."""


@dataclass(frozen=True, slots=True)
class Lease:
    """Proof that this worker holds the run."""

    run_id: int
    token: str


def claim(run_id: int, *, token: str = "") -> Lease | None:
    """Take a waiting run, or one whose holder is gone, in one atomic step; None where there is nothing to take.

    A worker that comes back after a lost connection shows its old `token` and keeps what it held.
    """
    lease = Lease(run_id, token or new_token())
    is_free = Q(state=State.PENDING) | Q(state=State.STARTED, lease_expires_at__lt=Now())
    is_ours = Q(state=State.STARTED, lease_owner=lease.token)
    taken = AnalysisRun.objects.filter(is_free | is_ours, pk=run_id).update(
        state=State.STARTED,
        lease_owner=lease.token,
        lease_expires_at=_until(),
        attempts=F("attempts") + 1,
        started_at=Coalesce("started_at", Now()),
        finished_at=None,
    )
    return lease if taken else None


def held(lease: Lease) -> Any:
    """Return the query set of the run, empty once the lease is lost."""
    return AnalysisRun.objects.filter(pk=lease.run_id, lease_owner=lease.token, state=State.STARTED)


def renew(lease: Lease, **changes: object) -> None:
    """Hold the run for another term, and save `changes` with it.

    Raises:
        LeaseLost: somebody else holds it.
    """
    fence(lease, lease_expires_at=_until(), **changes)


def fence(lease: Lease, **changes: object) -> None:
    """Change the run if the lease is still held; inside a transaction this keeps every other claim out.

    Raises:
        LeaseLost: somebody else holds it.
    """
    if not held(lease).update(**changes):
        raise LeaseLost


def release(lease: Lease) -> None:
    """Let any worker take the run at once."""
    held(lease).update(lease_expires_at=Now() - timedelta(seconds=1), lease_owner="")


def release_of_dead_workers() -> int:
    """Free what was held by processes of this machine which are no longer there; return how many runs that is."""
    _free_of_dead(AnalysisStretch.objects.filter(is_done=False))
    return _free_of_dead(AnalysisRun.objects.filter(state=State.STARTED))


def _free_of_dead(rows: QuerySet[Any]) -> int:
    ours = rows.filter(lease_owner__startswith=f"{socket.gethostname()}|").values_list("lease_owner", flat=True)
    dead = [owner for owner in ours if not _is_alive(int(owner.split("|")[1]))]
    return rows.filter(lease_owner__in=dead).update(lease_expires_at=Now() - timedelta(seconds=1))


def new_token() -> str:
    """Return a name for this claim alone: machine, process, and what no other claim has."""
    return f"{socket.gethostname()}|{os.getpid()}|{uuid.uuid4().hex}"


def _until() -> Any:
    return Now() + timedelta(seconds=settings.RUN_LEASE_S)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
