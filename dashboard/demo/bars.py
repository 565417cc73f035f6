"""Progress bars of the demo: an upload, a film that is built, a run that is followed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import (
    BarColumn,
    DownloadColumn,
    Progress,
    ProgressColumn,
    TaskProgressColumn,
    TextColumn,
    TimeRemainingColumn,
    TransferSpeedColumn,
)


@contextmanager
def transfer(console: Console, title: str, total_bytes: int) -> Iterator[Callable[[int], None]]:
    """Show bytes, speed and remaining time; `tell(done_bytes)`."""
    with _bar(console, DownloadColumn(), TransferSpeedColumn()) as bar:
        task = bar.add_task(title, total=total_bytes, words="")
        yield lambda done_bytes: bar.update(task, completed=done_bytes)


@contextmanager
def seconds(console: Console, title: str) -> Iterator[Callable[[float, float], None]]:
    """Show how much of a film is there; `tell(done_s, total_s)`."""
    with _bar(console) as bar:
        task = bar.add_task(title, total=None, words="")
        yield lambda done_s, total_s: bar.update(task, completed=done_s, total=total_s)


@contextmanager
def share(console: Console, title: str) -> Iterator[Callable[[float, str], None]]:
    """Show the done share of a run and its step; `tell(share, words)`."""
    with _bar(console) as bar:
        task = bar.add_task(title, total=1.0, words="")
        yield lambda done, words: bar.update(task, completed=done, words=words)


def _bar(console: Console, *columns: ProgressColumn) -> Progress:
    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        TaskProgressColumn(),
        *columns,
        TimeRemainingColumn(),
        TextColumn("{task.fields[words]}", markup=False),
        console=console,
    )
