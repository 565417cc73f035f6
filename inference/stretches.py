"""A long run in stretches, so that several workers read it together: which there are, and who holds which.

A stretch is held like a run: by a lease that one atomic update claims, that the holder renews, and that anybody may
claim again when it ran out. All times are the database's.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q, QuerySet, Sum
from django.db.models.functions import Now

from courses.models import Mode
from inference.lease import Lease, LeaseLost, fence
from inference.models import AnalysisPart, AnalysisRun, AnalysisStretch
from inference.vision.types import Part

# Each stretch numbers its tracks from a place of its own on, until the seams are closed.
NUMBERS = 1_000_000


@dataclass(frozen=True, slots=True)
class StretchLease(Lease):
    """Proof that this worker holds one stretch of the run."""

    stretch_id: int


def stretches_ensure(lease: Lease, run: AnalysisRun, *, duration_s: float) -> bool:
    """Cut a run that begins and is long enough into stretches; say whether it has any.

    Only in mode individual: in the others nothing of a person is stored, so there is nothing to join.

    Raises:
        LeaseLost: another worker has taken the run over.
    """
    with transaction.atomic():
        fence(lease, is_cancel_requested=F("is_cancel_requested"))
        if run.mode == Mode.INDIVIDUAL and not run.parts.exists() and not run.stretches.exists():
            spans = spans_of(math.ceil(duration_s / settings.ANALYSIS_PART_S - 1e-6))
            AnalysisStretch.objects.bulk_create(
                AnalysisStretch(institution_id=run.institution_id, run=run, index=index, first_part=first, end_part=end)
                for index, (first, end) in enumerate(spans if len(spans) > 1 else ())
            )
    return run.stretches.exists()


def spans_of(n_parts: int) -> list[tuple[int, int | None]]:
    """Return the first part and the part after the last of each stretch, as even as can be; None is the very end."""
    longest = max(round(settings.ANALYSIS_SPLIT_S / settings.ANALYSIS_PART_S), 1)
    count = math.ceil(n_parts / longest) if settings.ANALYSIS_SPLIT_S else 1
    first = [index * n_parts // count for index in range(count)]
    return list(zip(first, [*first[1:], None], strict=True))


def stretches_free(run: AnalysisRun) -> bool:
    """Say whether there is anything for a worker who joins in."""
    return _waiting(run.pk).filter(is_left_to_holder=False).exists()


def stretch_claim(run_id: int, *, token: str, is_holder: bool) -> tuple[AnalysisStretch, StretchLease] | None:
    """Take the first stretch that nobody holds; None where there is none, or the run is not worked on.

    What another worker failed at is left to the run's holder, who then fails the run with that error, or does not.
    """
    waiting = _waiting(run_id, token)
    if not is_holder:
        waiting = waiting.filter(is_left_to_holder=False)
    with transaction.atomic():
        row = waiting.select_for_update(skip_locked=True, of=("self",)).order_by("index").first()
        if row is None:
            return None
        AnalysisStretch.objects.filter(pk=row.pk).update(lease_owner=token, lease_expires_at=_until())
    return row, StretchLease(run_id, token, row.pk)


def stretch_held(lease: StretchLease) -> QuerySet[AnalysisStretch]:
    """Return the query set of the stretch, empty once the lease is lost or the run is over."""
    return _owned(lease).filter(run__state=AnalysisRun.State.STARTED)


def stretch_renew(lease: StretchLease, **changes: object) -> None:
    """Hold the stretch for another term, and save `changes` with it.

    Raises:
        LeaseLost: somebody else holds it.
    """
    if not _owned(lease).update(lease_expires_at=_until(), **changes):
        raise LeaseLost


def stretch_release(lease: StretchLease, **changes: object) -> None:
    """Let any worker take the stretch at once."""
    _owned(lease).update(lease_expires_at=Now() - timedelta(seconds=1), lease_owner="", **changes)


def stretch_count(lease: StretchLease, part: Part) -> bool:
    """Count a part of the stretch, inside the transaction that stores it; False when it is stored already.

    Raises:
        LeaseLost: somebody else holds the stretch, or the run is over.
    """
    row = stretch_held(lease).select_for_update(of=("self",)).first()
    if row is None:
        raise LeaseLost
    if part.index < row.next_part:
        return False
    row.parts_done += 1
    row.first_sights += [sight.to_json() for sight in part.first_sights]
    row.save(update_fields=["parts_done", "first_sights"])
    AnalysisRun.objects.filter(pk=lease.run_id).update(parts_done=F("parts_done") + 1, attempts=0)
    return True


def state_before(stretch: AnalysisStretch) -> dict[str, Any]:
    """Return the tracker's state with which the stretch goes on."""
    if stretch.parts_done:
        state: dict[str, Any] = AnalysisPart.objects.get(run=stretch.run_id, index=stretch.next_part - 1).tracker_state
        return state
    return {"next_number": stretch.index * NUMBERS + 1, "tracks": []}


def seconds_read(run_id: int) -> float:
    """Return how many seconds of the recording all workers have read."""
    return float(AnalysisStretch.objects.filter(run=run_id).aggregate(total=Sum("read_s"))["total"] or 0.0)


def _waiting(run_id: int, token: str = "") -> QuerySet[AnalysisStretch]:
    """Return the stretches that a worker may take: held by nobody, or by this very claim."""
    free = Q(lease_expires_at=None) | Q(lease_expires_at__lt=Now())
    free |= Q(lease_owner=token) if token else Q()
    return AnalysisStretch.objects.filter(free, run=run_id, run__state=AnalysisRun.State.STARTED, is_done=False)


def _owned(lease: StretchLease) -> QuerySet[AnalysisStretch]:
    return AnalysisStretch.objects.filter(pk=lease.stretch_id, lease_owner=lease.token)


def _until() -> Any:
    return Now() + timedelta(seconds=settings.RUN_LEASE_S)
