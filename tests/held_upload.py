"""An upload whose row another connection holds, as while a chunk is written."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from courses.models import Upload
from courses.services.uploads import upload_locked

PATIENCE_S = 20.0


@contextmanager
def held_elsewhere(upload: Upload) -> Iterator[None]:
    """Hold the upload's row in another thread for as long as the block lasts."""
    is_held, may_end = threading.Event(), threading.Event()

    def hold() -> None:
        with upload_locked(upload):
            is_held.set()
            may_end.wait(PATIENCE_S)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    try:
        assert is_held.wait(PATIENCE_S)
        yield
    finally:
        may_end.set()
        thread.join()
