"""Turns the signals that ask a process to stop into one exception, once."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class StopRequestedError(KeyboardInterrupt):
    """A person pressed Ctrl-C, or the system asked the process to end."""


@contextmanager
def stop_signals() -> Iterator[None]:
    """Raise StopRequestedError in the block at the first stop signal; leave the block quietly when it comes out."""
    before = {number: signal.signal(number, _stop_once) for number in _wanted()}
    try:
        yield
    except StopRequestedError:
        return
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def wait_for_stop() -> None:
    """Wait until a stop signal arrives."""
    threading.Event().wait()


def _wanted() -> list[signal.Signals]:
    """Leave a hang-up ignored where it is: that is what `nohup` asked for."""
    return [each for each in STOP_SIGNALS if each != signal.SIGHUP or signal.getsignal(each) != signal.SIG_IGN]


def _stop_once(number: int, frame: FrameType | None) -> None:
    """Leave the stopping that follows undisturbed by further signals."""
    for each in STOP_SIGNALS:
        signal.signal(each, signal.SIG_IGN)
    raise StopRequestedError(signal.Signals(number).name)
