"""The bench in a terminal."""

from __future__ import annotations

from rich.console import Group
from rich.table import Table as Grid
from rich.text import Text

from inference.vision.bench.tables import Row, Shown, Table
from inference.vision.bench.words import NOT_MEASURED

COLUMNS = ("Figure", "As published", "Paper's protocol", "Subject-independent", "Date", "Command")


def as_terminal(table: Table) -> Group:
    """Return the table, its note, and below it why printed figures cannot be right."""
    grid = Grid(*COLUMNS, title=table.title, caption=table.source, title_justify="left", caption_justify="left")
    for row in table.rows:
        grid.add_row(*(Text(cell) for cell in _cells(row)))
    doubts = dict.fromkeys(row.doubt for row in table.rows if row.doubt)
    return Group(grid, *(Text(f"  {sentence}", style="dim") for sentence in (table.note, *doubts) if sentence), Text())


def _cells(row: Row) -> tuple[str, ...]:
    dates = "\n".join(dict.fromkeys(shown.date for shown in row.measured))
    commands = "\n".join(dict.fromkeys(shown.command for shown in row.measured))
    return row.figure, row.published, _cell(row.paper), _cell(row.subject), dates, commands


def _cell(shown: Shown | None) -> str:
    if shown is None:
        return NOT_MEASURED
    aside = [shown.interval] if shown.interval else []
    aside += [f"n {shown.n:,}"] if shown.n is not None else []
    return f"{shown.words}\n{' · '.join(aside)}".strip()
