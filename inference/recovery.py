"""Runs that were forgotten are sent again: their worker died, or the broker lost their message."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import Any

from celery import current_app
from django.db import transaction
from django.db.models import Q, QuerySet
from django.db.models.functions import Now
from django.utils.translation import gettext as _
from kombu.exceptions import OperationalError as BrokerError

from inference.models import AnalysisRun
from inference.services import send

logger = logging.getLogger(__name__)
State = AnalysisRun.State
QUEUE = "gpu"
# A run that killed this many workers without storing a part kills the next one too.
MOST_ATTEMPTS = 5
# Its message may still be on its way.
LEAST_AGE_S = 10
# So long a run that failed or was cancelled can go on from its last part; then what it holds of faces is deleted.
KEPT_UNFINISHED = timedelta(hours=24)


def runs_recover() -> None:
    """Fail what kills its workers, and send what nobody works on; sending twice does no harm."""
    _give_up()
    for run_id in [*_abandoned(), *_lost()]:
        logger.warning("Run %d is sent again.", run_id)
        send(run_id)


def unfinished_forget() -> None:
    """Delete what runs that failed or were cancelled a day ago hold of faces; a retry begins them anew."""
    old = AnalysisRun.objects.filter(state__in=(State.FAILURE, State.REVOKED), finished_at__lt=Now() - KEPT_UNFINISHED)
    for run in old.filter(Q(parts__isnull=False) | Q(stretches__isnull=False)).distinct():
        with transaction.atomic():
            # A retry that came in between keeps what it goes on from.
            if old.filter(pk=run.pk).update(parts_done=0):
                for rows in (run.stretches, run.blocks, run.parts, run.tracks):
                    rows.all().delete()
                logger.info("What run %d held of faces is deleted: it was not taken up again.", run.pk)


def _give_up() -> None:
    _expired().filter(attempts__gte=MOST_ATTEMPTS).update(
        state=State.FAILURE,
        finished_at=Now(),
        eta_s=None,
        lease_owner="",
        error_code="worker_lost",
        error_message=_("The analysis stopped its worker several times without an explanation."),
        error_remedy=_("Retry; if it happens again, the machine may have too little memory for this recording."),
    )


def _abandoned() -> list[int]:
    return list(_expired().values_list("pk", flat=True))


def _expired() -> QuerySet[AnalysisRun]:
    return AnalysisRun.objects.filter(state=State.STARTED, lease_expires_at__lt=Now())


def _lost() -> list[int]:
    """Return the waiting runs when the queue holds fewer messages than runs wait."""
    old = Now() - timedelta(seconds=LEAST_AGE_S)
    waiting = AnalysisRun.objects.filter(state=State.PENDING, created_at__lt=old).order_by("pk")
    ids = list(waiting.values_list("pk", flat=True))
    return ids if ids and messages_waiting() < len(ids) else []


def messages_waiting(queue: str = QUEUE) -> int:
    """Return the number of messages in the queue; none where it does not exist yet."""
    try:
        with current_app.connection_for_read() as connection:
            channel: Any = connection.default_channel
            return int(channel.queue_declare(queue, passive=True).message_count)
    except connection_errors():
        return 0


def connection_errors() -> tuple[type[BaseException], ...]:
    """Return what an absent queue or broker raises."""
    transport = current_app.connection_for_read()
    return (BrokerError, *transport.channel_errors, *transport.connection_errors)
