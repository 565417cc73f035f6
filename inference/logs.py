"""The id of the run that is being worked on, for every line of the log."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

current_run_id: ContextVar[int | None] = ContextVar("current_run_id", default=None)


class RunContextFilter(logging.Filter):
    """Adds `run_id` to each record; None outside a run."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every record pass, with the id added."""
        record.run_id = current_run_id.get()
        return True


@contextmanager
def run_logged(run_id: int) -> Iterator[None]:
    """Mark all log lines inside the block with the run's id."""
    token = current_run_id.set(run_id)
    try:
        yield
    finally:
        current_run_id.reset(token)
