"""A thread beside a run: renews its lease, looks for a cancel, and sends its progress, on a connection of its own."""

from __future__ import annotations

import logging
import threading
import time
from types import TracebackType
from typing import Self

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection

from inference import shutdown
from inference.lease import Interrupted, Lease, LeaseLost, RunCancelled, WorkerStopping, held, renew
from inference.logs import run_logged
from inference.models import AnalysisRun
from inference.progress import Progress, publish

logger = logging.getLogger(__name__)
# Messages go out at most this often; a cancel is noticed within it.
TICK_S = 0.5


class Monitor:
    """Watches over one run. Inside `with`, `hook` is the pipeline's hook and raises when the run has to stop."""

    def __init__(self, lease: Lease) -> None:
        self.progress = Progress()
        self._lease = lease
        self._reason: type[Interrupted] | None = None
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, name=f"monitor-{lease.run_id}", daemon=True)
        self._sent: tuple[str, float] | None = None
        self._renewed_at = time.monotonic()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def hook(self, stage: str, completed: float, total: float) -> None:
        """Take in the pipeline's progress.

        Raises:
            Interrupted: the lease is lost, a cancel was asked for, or the worker shuts down.
        """
        self.progress.update(completed, total)
        self.check()

    def check(self) -> None:
        """Raise the reason to stop, if there is one."""
        if self._reason is not None:
            raise self._reason

    def _watch(self) -> None:
        with run_logged(self._lease.run_id):
            while not self._ended.wait(TICK_S):
                self._tick()
            connection.close()

    def _tick(self) -> None:
        if shutdown.is_asked_for():
            self._reason = self._reason or WorkerStopping
        try:
            self._look()
            self._write()
        except LeaseLost:
            self._reason = LeaseLost
        except (DatabaseError, InterfaceError):
            logger.warning("The database did not answer; the lease is renewed when it does.")
            connection.close()

    def _look(self) -> None:
        asked = self._asked_to_cancel()
        if asked is None and not self._ended.is_set():
            raise LeaseLost
        if asked:
            self._reason = RunCancelled

    def _asked_to_cancel(self) -> bool | None:
        """Say whether a cancel was asked for; None when the lease is lost."""
        asked: bool | None = held(self._lease).values_list("is_cancel_requested", flat=True).first()
        return asked

    def _write(self) -> None:
        now = (self.progress.stage, round(self.progress.share, 3))
        is_due = time.monotonic() - self._renewed_at > settings.RUN_LEASE_S / 4
        if now == self._sent and not is_due:
            return
        renew(self._lease, stage=now[0], progress=self.progress.share, eta_s=self.progress.eta_s)
        self._sent, self._renewed_at = now, time.monotonic()
        publish(AnalysisRun.objects.select_related("recording__lecture").get(pk=self._lease.run_id))
