"""Writes ``docs/models/bench.md`` with a plot for each table of which something was measured."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.axes import Axes

from inference.vision.bench.markdown import as_markdown
from inference.vision.bench.tables import Shown, Table
from inference.vision.training.plot_style import BLUE, GRAY, INK_2, PURPLE, drawing

PAGE = "bench.md"
PLOTS = "bench"


def write_document(tables: Sequence[Table], folder: Path) -> Path:
    """Write the page and its plots into ``folder``; return the page. The same figures give the same bytes."""
    plots = folder / PLOTS
    plots.mkdir(parents=True, exist_ok=True)
    for old in plots.glob("*.png"):
        old.unlink()
    drawn = {
        table.name: f"{PLOTS}/{table.name}.png" for table in tables if plot_bench(table, plots / f"{table.name}.png")
    }
    page = folder / PAGE
    page.write_text(as_markdown(tables, drawn), encoding="utf-8")
    return page


def plot_bench(table: Table, path: Path) -> bool:
    """Draw printed shares of ``table`` beside the measured ones; False and no file where none has both."""
    rows = [row for row in table.rows if row.unit == "%" and row.number is not None and row.measured][::-1]
    if not rows:
        return False
    with drawing(path, width_in=7.6, height_in=1.1 + 0.32 * len(rows)) as (axis,):
        printed = [100 * row.number for row in rows if row.number is not None]
        axis.plot(printed, range(len(rows)), "D", color=GRAY, label="as published")
        _points(axis, [(place + 0.16, row.paper) for place, row in enumerate(rows)], "paper's protocol", BLUE, "o")
        _points(
            axis, [(place - 0.16, row.subject) for place, row in enumerate(rows)], "subject-independent", PURPLE, "s"
        )
        axis.set_yticks(range(len(rows)), [row.figure for row in rows])
        axis.set(xlabel="per cent, with 95 % interval", ylim=(-0.7, len(rows) - 0.3))
        axis.grid(visible=False, axis="y")
        axis.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=3, labelcolor=INK_2)
    return True


def _points(axis: Axes, found: list[tuple[float, Shown | None]], label: str, colour: str, marker: str) -> None:
    """Draw one column's figures, each with its interval where it has one."""
    for place, shown in found:
        if shown is not None:
            axis.plot(100 * shown.value, place, marker, color=colour, label=label)
            label = ""  # once in the legend
            if shown.low is not None and shown.high is not None:
                axis.plot([100 * shown.low, 100 * shown.high], [place, place], "-", color=colour, linewidth=1.2)
