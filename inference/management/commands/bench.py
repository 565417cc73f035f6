"""``manage.py bench``: what the papers print beside what was measured here."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from inference.vision.bench.shipped import record_shipped
from inference.vision.bench.tables import Table, bench_tables
from inference.vision.bench.terminal import as_terminal
from inference.vision.types import Hook
from inference.vision.weights import CHECKOUT_DIR


class Command(BaseCommand):
    """Prints the bench, measures an experiment, or writes the bench's document."""

    help = "Shows every results table of the papers beside what was measured here; blank where nothing was."

    def add_arguments(self, parser: CommandParser) -> None:
        """Name what can be chosen."""
        parser.add_argument("--table", help="this table alone")
        parser.add_argument("--json", action="store_true", help="print JSON")
        parser.add_argument("--measure", metavar="NAME", help="run an experiment and record its figures; needs --data")
        parser.add_argument("--data", type=Path, help="folder with the labelled sets")
        parser.add_argument("--runs", type=Path, default=Path("runs"), help="folder for checkpoints and cached faces")
        parser.add_argument("--init", type=Path, help="weights that an experiment starts from, such as ImageNet's")
        parser.add_argument("--threads", type=int, help="of the CPU; on busy cores one is several times as fast as two")
        parser.add_argument("--shipped", action="store_true", help="record the figures of the shipped cards")
        parser.add_argument("--write", action="store_true", help="write docs/models/bench.md and its plots")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Do what was asked for, then print."""
        if options["measure"]:
            self._measure(options)
        if options["shipped"]:
            record_shipped()
        tables = _chosen(bench_tables(), options["table"])
        if options["write"]:
            self._write()
        elif options["json"]:
            self.stdout.write(json.dumps([asdict(table) for table in tables], ensure_ascii=False, indent=2))
        else:
            _print(tables)

    def _measure(self, options: dict[str, Any]) -> None:
        from inference.vision.training.experiments import measure

        if options["data"] is None:
            raise CommandError("An experiment needs the labelled sets: add --data FOLDER.")
        limits = {"threads": options["threads"], "init": options["init"]}
        try:
            with _progress() as hook:
                measure(options["measure"], options["data"], options["runs"], hook, **limits)
        except (OSError, ValueError) as error:
            raise CommandError(str(error)) from error

    def _write(self) -> None:
        from inference.vision.training.bench_document import write_document

        written = write_document(bench_tables(), CHECKOUT_DIR / "docs" / "models")
        self.stdout.write(f"Written: {written}")


def _chosen(tables: tuple[Table, ...], name: str | None) -> tuple[Table, ...]:
    found = tuple(table for table in tables if name in {None, table.name} and (table.rows or name))
    if not found:
        names = ", ".join(table.name for table in tables)
        raise CommandError(f"No table is called {name!r}; there are: {names}.")
    return found


def _print(tables: tuple[Table, ...]) -> None:
    console = Console(file=sys.stdout)
    for table in tables:
        console.print(as_terminal(table))


@contextmanager
def _progress() -> Iterator[Hook]:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("reading the sets", total=None)
        yield lambda stage, done, total: progress.update(task, description=stage, completed=done, total=total)
