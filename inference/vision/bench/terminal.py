"""The bench in a terminal."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Group
from rich.table import Table as Grid
from rich.text import Text

from inference.vision.bench.tables import Row, Shown, Table
from inference.vision.bench.words import NOT_MEASURED

COLUMNS = ("As\npublished", "Paper's\nprotocol", "Subject-\nindependent", "Date")


def as_terminal(table: Table) -> Group:
    """Return the table; below it what concerns all rows, why printed figures cannot be right, and the commands."""
    grid = Grid(title=table.title, caption=table.source, title_justify="left", caption_justify="left")
    grid.add_column("Figure", overflow="fold")
    for name in COLUMNS:
        grid.add_column(name, justify="right", overflow="fold")
    for row in table.rows:
        grid.add_row(*(Text(cell) for cell in _cells(row)))
    return Group(grid, *(Text(f"  {line}", style="dim") for line in _lines(table)), Text())


def _lines(table: Table) -> Iterator[str]:
    if table.note:
        yield table.note
    yield from dict.fromkeys(row.doubt for row in table.rows if row.doubt)
    yield from dict.fromkeys(f"Measured by: {shown.command}" for row in table.rows for shown in row.measured)


def _cells(row: Row) -> tuple[str, ...]:
    dates = "\n".join(dict.fromkeys(shown.date for shown in row.measured))
    return row.figure, row.published, _cell(row.paper), _cell(row.subject), dates


def _cell(shown: Shown | None) -> str:
    if shown is None:
        return NOT_MEASURED
    count = f"n {shown.n:,}" if shown.n is not None else ""
    return "\n".join(line for line in (shown.words, shown.interval, count) if line)
