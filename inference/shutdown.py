"""Whether this worker was asked to stop: one byte that the pool's processes share with the one that gets the signal."""

from __future__ import annotations

from multiprocessing import RawValue

# Without a lock, so that the signal handler can never wait for one. Made before the pool forks.
_asked = RawValue("b", 0)


def ask() -> None:
    """Ask all runs of this worker to let go at their next step."""
    _asked.value = 1


def is_asked_for() -> bool:
    """Say whether the worker shuts down."""
    return bool(_asked.value)


def forget() -> None:
    """Start anew: a worker that was just started stops for nobody."""
    _asked.value = 0
