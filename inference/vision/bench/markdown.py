"""The bench as ``docs/models/bench.md``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from urllib.parse import quote

from inference.vision.bench.tables import Row, Shown, Table
from inference.vision.bench.words import NOT_MEASURED

HEAD = """# The bench: what the papers print and what was measured here

Written by `python manage.py bench --write` from `inference/vision/bench/published.toml` and `measured.json`; nothing is
copied by hand. Intervals are 95 %. A dash says that a figure was not measured. "Subject-independent" means that
nobody's face is on both sides of the split. Why a printed figure cannot be right is told below its table.
"""
HEADER = (
    "| figure | as published | paper's protocol | subject-independent | date | command |\n|---|---|---|---|---|---|"
)


def as_markdown(tables: Iterable[Table], plots: Mapping[str, str]) -> str:
    """Return the page; ``plots`` gives the address of a table's plot, where it has one."""
    sections = [_section(table, plots.get(table.name)) for table in tables if table.rows]
    return "\n\n".join([HEAD.rstrip(), *sections]) + "\n"


def _section(table: Table, plot: str | None) -> str:
    rows = "\n".join(_line(row) for row in table.rows)
    parts = [f"## {table.title}", f"{table.source}; `--table {table.name}`." if table.source else "", table.note]
    parts += [f"{HEADER}\n{rows}", _doubts(table)]
    parts.append(f"![{table.title}: published and measured]({quote(plot)})" if plot else "")
    return "\n\n".join(part for part in parts if part)


def _line(row: Row) -> str:
    dates = "<br>".join(dict.fromkeys(f"{shown.date}, {shown.commit}" for shown in row.measured))
    commands = "<br>".join(dict.fromkeys(f"`{shown.command}`" for shown in row.measured))
    cells = [row.figure, row.published, _cell(row.paper), _cell(row.subject), dates, commands]
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def _cell(shown: Shown | None) -> str:
    if shown is None:
        return NOT_MEASURED
    aside = [f"({shown.interval})"] if shown.interval else []
    aside += [f"n = {shown.n:,}"] if shown.n is not None else []
    return " ".join([shown.words, *aside])


def _doubts(table: Table) -> str:
    """Return each sentence once, after the figures that it is about."""
    about: dict[str, list[str]] = {}
    for row in table.rows:
        if row.doubt:
            about.setdefault(row.doubt, []).append(f"{row.figure} ({row.published})")
    return "\n".join(f"- {'; '.join(figures)}: {doubt}" for doubt, figures in about.items())
