"""The quiet look that every plot shares, after the product's tokens: white ground, thin lines, few words."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import matplotlib as mpl
from cycler import cycler
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

INK, INK_2, INK_3, LINE, GRID, GROUND = "#0F172A", "#475569", "#5B6B82", "#C6CDD8", "#E1E5EC", "#FFFFFF"
BLUE, GREEN, PURPLE, GOLD, RED, GRAY = "#1090F9", "#076C57", "#7B2F8A", "#A88508", "#7F1403", "#878B94"
SERIES = (BLUE, GREEN, PURPLE, GOLD, RED, GRAY, INK)
MARKERS = ("o", "D", "X", "P", "^", "s", "v")  # colour is never the only signal
DASHES = ("-", "--", "-.", ":", (0, (5, 1)), (0, (3, 1, 1, 1)), (0, (1, 1)))
STATES = {"focused": BLUE, "curious": GREEN, "confused": PURPLE, "happy": GOLD, "distracted": RED, "tired": GRAY}
DPI = 144
STYLE: dict[str, Any] = {
    "font.family": "DejaVu Sans",  # comes with matplotlib, so that a plot is the same everywhere
    "font.size": 9.0,
    "text.color": INK,
    "axes.edgecolor": LINE,
    "axes.labelcolor": INK_2,
    "axes.titlesize": 10.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "axes.axisbelow": True,
    "axes.prop_cycle": cycler(color=SERIES),
    "grid.color": GRID,
    "grid.linewidth": 0.7,
    "xtick.color": INK_3,
    "ytick.color": INK_3,
    "xtick.labelcolor": INK_2,
    "ytick.labelcolor": INK_2,
    "lines.linewidth": 1.6,
    "legend.frameon": False,
    "legend.fontsize": 8.5,
    "figure.facecolor": GROUND,
    "savefig.facecolor": GROUND,
}


def colour_of(label: str, number: int) -> str:
    """Return the product's colour of a learning emotion, else that of the series with this ``number``."""
    return STATES.get(label, SERIES[number % len(SERIES)])


@contextmanager
def drawing(path: Path, *, width_in: float, height_in: float, columns: int = 1) -> Iterator[list[Axes]]:
    """Give ``columns`` axes to draw on, then write ``path`` as PNG: the same bytes for the same drawing."""
    with mpl.rc_context(STYLE):  # type: ignore[arg-type]  # its stubs list every name
        figure = Figure(figsize=(width_in, height_in), layout="constrained")
        FigureCanvasAgg(figure)
        yield list(figure.subplots(1, columns, squeeze=False)[0])
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, dpi=DPI, metadata={"Software": None})
