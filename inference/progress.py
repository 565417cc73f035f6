"""How far a run is and how long it will take, for whoever watches; never a reason for a run to fail."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer

from inference.models import AnalysisRun
from inference.results import RunMessage
from inference.selectors import run_progress
from inference.stages import FACES, PREPARE, SCORES

logger = logging.getLogger(__name__)
SEND_TIMEOUT_S = 2.0
# The share of a run's time that each stage usually takes: opening networks, reading faces, computing scores.
START_OF_STAGE = {PREPARE: 0.0, FACES: 0.02, SCORES: 0.98}
SPEED_MEMORY_S = 15.0
LEAST_FOR_ETA_S = 2.0


class Progress:
    """The newest state of one run's progress; cheap to update from inside the pipeline."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._since_s: float | None = None
        self._last: tuple[float, float] | None = None
        self._speed = 0.0
        self.stage = PREPARE
        self.share = 0.0

    def update(self, completed_s: float, total_s: float) -> None:
        """Take in that faces were read up to `completed_s` of the recording."""
        self.stage = FACES
        done = min(completed_s / total_s, 1.0) if total_s > 0 else 0.0
        self.share = max(self.share, START_OF_STAGE[FACES] + done * (START_OF_STAGE[SCORES] - START_OF_STAGE[FACES]))
        self._measure(self._clock())

    def enter(self, stage: str) -> None:
        """Go on to another stage."""
        self.stage = stage
        self.share = max(self.share, START_OF_STAGE[stage])

    @property
    def eta_s(self) -> float | None:
        """Return the seconds left at this run's own smoothed speed; None while that is not known."""
        now = self._clock()
        if self._since_s is None or now - self._since_s < LEAST_FOR_ETA_S or self._speed <= 0:
            return None
        return round((1.0 - self.share) / self._speed, 1)

    def _measure(self, now: float) -> None:
        if self._last is None:
            # A resumed run starts far into the recording: its speed counts from here.
            self._since_s, self._last = now, (now, self.share)
            return
        elapsed_s, gained = now - self._last[0], self.share - self._last[1]
        if elapsed_s <= 0 or gained <= 0:
            return
        memory = 0.5 ** (elapsed_s / SPEED_MEMORY_S) if self._speed else 0.0
        self._speed = memory * self._speed + (1 - memory) * gained / elapsed_s
        self._last = (now, self.share)


def group_name(run_id: int) -> str:
    """Return the group that everyone who watches the run is in."""
    return f"run.{run_id}"


def publish(run: AnalysisRun) -> None:
    """Send how the run stands to everyone who watches it; a lost broker is logged and forgotten."""
    try:
        async_to_sync(_send)(group_name(run.pk), run_progress(run))
    except Exception:  # noqa: BLE001 - whatever the channel layer raises, the run matters more
        logger.warning("Progress of run %d could not be sent.", run.pk)


def publish_waiting() -> None:
    """Tell those who watch waiting runs their new place in the queue."""
    for run in AnalysisRun.objects.filter(state=AnalysisRun.State.PENDING).select_related("recording__lecture")[:50]:
        publish(run)


async def _send(group: str, message: RunMessage) -> None:
    layer = get_channel_layer()
    if layer is not None:
        event = {"type": "run.progress", "message": message}
        await asyncio.wait_for(layer.group_send(group, event), SEND_TIMEOUT_S)
