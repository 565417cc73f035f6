"""Several workers on one run: its holder and those who join in read stretches, each the first that is free.

Nothing depends on who joins in. The holder reads what is left, so a lost message or a dead worker costs time alone,
and what another worker fails at fails again, or succeeds, in the holder's hands.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction
from kombu.exceptions import OperationalError as BrokerError

from inference import store
from inference.lease import Interrupted
from inference.models import AnalysisRun, AnalysisStretch
from inference.monitor import Monitor
from inference.stretches import (
    StretchLease,
    seconds_read,
    state_before,
    stretch_claim,
    stretch_count,
    stretch_held,
    stretch_release,
    stretch_renew,
)
from inference.vision.pipeline import Pipeline

logger = logging.getLogger(__name__)
# More workers than this are never asked: a message that finds nothing to do only fills the queue.
MOST_CALLS = 7
POLL_S = 0.5


@dataclass(frozen=True, slots=True)
class Desk:
    """What every worker on a run has before it: the row, the open networks, the file, and the labels of a block."""

    run: AnalysisRun
    pipeline: Pipeline
    path: Path
    n_labels: int


class StretchMonitor(Monitor):
    """Watches over one stretch. The holder's one also obeys the run's monitor, and tells it how far all workers are."""

    def __init__(self, lease: StretchLease, *, start_s: float, of_run: Monitor | None) -> None:
        super().__init__(lease)
        self._stretch, self._start_s, self._of_run = lease, start_s, of_run
        self._read_s, self._total_s = 0.0, 0.0

    def hook(self, stage: str, completed: float, total: float) -> None:
        """Take in the pipeline's progress.

        Raises:
            Interrupted: the stretch or the run is not this worker's any more, or it has to stop.
        """
        self._read_s, self._total_s = max(self._read_s, completed - self._start_s), total
        self.check()

    def check(self) -> None:
        """Raise the reason to stop, if there is one."""
        if self._of_run:
            self._of_run.check()
        super().check()

    def _asked_to_cancel(self) -> bool | None:
        return stretch_held(self._stretch).values_list("run__is_cancel_requested", flat=True).first()

    def _write(self) -> None:
        stretch_renew(self._stretch, read_s=self._read_s)
        if self._of_run and self._total_s:
            self._of_run.progress.update(seconds_read(self._stretch.run_id), self._total_s)


def call_crew(run: AnalysisRun) -> None:
    """Ask other workers to join in, as many as there are stretches for."""
    _call(run.pk, min(AnalysisStretch.objects.filter(run=run, is_done=False).count() - 1, MOST_CALLS))


def call_again(run_id: int) -> None:
    """Ask another worker to take the place of this one."""
    _call(run_id, 1)


def _call(run_id: int, count: int) -> None:
    from inference.tasks import join_run

    try:
        for _ in range(count):
            join_run.delay(run_id)
    except BrokerError:
        logger.warning("The broker cannot be reached; the run's holder reads what is left.")


def read_all(desk: Desk, *, token: str, monitor: Monitor, duration_s: float) -> None:
    """Read stretches until all are done, also by others: the part of the run's holder.

    Raises:
        Interrupted: the run's lease is lost, somebody cancelled, or the worker stops.
    """
    while AnalysisStretch.objects.filter(run=desk.run, is_done=False).exists():
        if claimed := stretch_claim(desk.run.pk, token=token, is_holder=True):
            _read(desk, *claimed, of_run=monitor)
        else:
            monitor.check()
            monitor.progress.update(seconds_read(desk.run.pk), duration_s)
            time.sleep(POLL_S)


def read_free(desk: Desk, *, token: str) -> None:
    """Read stretches for as long as one is free: the part of a worker that joined in."""
    while claimed := stretch_claim(desk.run.pk, token=token, is_holder=False):
        _read(desk, *claimed, of_run=None)


def _read(desk: Desk, stretch: AnalysisStretch, lease: StretchLease, *, of_run: Monitor | None) -> None:
    start_s = stretch.first_part * settings.ANALYSIS_PART_S
    logger.info("Reading stretch %d from part %d.", stretch.index, stretch.next_part)
    with _held(lease), StretchMonitor(lease, start_s=start_s, of_run=of_run) as monitor:
        end_s = start_s
        for part in desk.pipeline.run(
            desk.path,
            start_part=stretch.next_part,
            stop_part=stretch.end_part,
            tracker_state=state_before(stretch),
            hook=monitor.hook,
        ):
            monitor.check()
            with transaction.atomic():
                if stretch_count(lease, part):
                    store.part_write(desk.run, part, n_labels=desk.n_labels)
            end_s = part.end_s
        stretch_renew(lease, is_done=True, read_s=end_s - start_s)


@contextmanager
def _held(lease: StretchLease) -> Iterator[None]:
    """Give the stretch back where it is not finished; after a lost database it stays with this claim's token."""
    try:
        yield
    except (OperationalError, InterfaceError):
        raise
    except Interrupted:
        stretch_release(lease)
        raise
    except Exception:
        stretch_release(lease, is_left_to_holder=True)
        raise
