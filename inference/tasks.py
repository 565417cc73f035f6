"""Thin Celery tasks: ids in, status out. Everything that loads torch is imported inside them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from celery import Task, shared_task
from celery.signals import worker_ready, worker_shutting_down
from django.db import InterfaceError, OperationalError, connection

from inference import shutdown
from inference.lease import claim, new_token, release_of_dead_workers
from inference.logs import run_logged
from inference.recovery import runs_recover, unfinished_forget

LOST_SERVICE = (OperationalError, InterfaceError)
MOST_RETRIES = 10
LONGEST_PAUSE_S = 60


@shared_task(bind=True, acks_late=True, max_retries=MOST_RETRIES)
def analyze_run(self: Task[Any, Any], run_id: int, *, token: str = "") -> None:
    """Work on a run if nobody does; after a lost database come back with the same token and go on."""
    _do(self, _analyze, run_id, token or new_token())


@shared_task(bind=True, acks_late=True, max_retries=MOST_RETRIES)
def join_run(self: Task[Any, Any], run_id: int, *, token: str = "") -> None:
    """Read stretches of a long run together with the worker that holds it; nothing to do where none is free."""
    _do(self, _join, run_id, token or new_token())


@shared_task
def recover_runs() -> None:
    """Send again the runs whose worker or message was lost, and forget those that nobody took up again."""
    runs_recover()
    unfinished_forget()


@shared_task(acks_late=True)
def write_proxy(recording_id: int) -> None:
    """Make the copy of a recording that browsers can play; nothing to do where there is one."""
    from inference.proxies import proxy_ensure

    proxy_ensure(recording_id)


@shared_task(acks_late=True)
def read_reference(photo_id: int) -> None:
    """Turn a waiting reference photo into an embedding, or say why it is not usable."""
    from inference.references import reference_read

    reference_read(photo_id)


@shared_task(acks_late=True)
def read_names(run_id: int) -> None:
    """Read the names on the tiles of a finished run, and suggest the students whose names they are."""
    from inference.tile_names import names_suggest

    names_suggest(run_id)


@worker_shutting_down.connect
def let_go(**_facts: object) -> None:
    """A warm shutdown does not wait for an hour of video: runs stop at their next step and are handed on."""
    shutdown.ask()


@worker_ready.connect
def take_up(**_facts: object) -> None:
    """Free the runs that a killed worker of this machine left behind, and send them again."""
    shutdown.forget()
    if release_of_dead_workers():
        runs_recover()


def _do(task: Task[Any, Any], work: Callable[[int, str], None], run_id: int, token: str) -> None:
    with run_logged(run_id):
        try:
            work(run_id, token)
        except LOST_SERVICE as error:
            connection.close()
            pause_s = min(2**task.request.retries, LONGEST_PAUSE_S)
            raise task.retry(exc=error, countdown=pause_s, kwargs={"token": token}) from error


def _join(run_id: int, token: str) -> None:
    from inference.execution import join

    join(run_id, token)


def _analyze(run_id: int, token: str) -> None:
    from inference.execution import execute

    lease = claim(run_id, token=token)
    if lease is None and release_of_dead_workers():
        lease = claim(run_id, token=token)
    if lease is not None:
        execute(lease)
