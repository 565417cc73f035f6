"""What a chart is: a Plotly figure with its two themes, a sentence, and the same numbers as a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dashboard.charts.states import State
from dashboard.charts.theme import PALETTES, Palette, Template

# A click on a moment of the timeline starts this much earlier, so that its beginning is heard.
LEAD_S = 5


@dataclass(frozen=True, slots=True)
class Table:
    """The numbers behind a chart, as text; the first cell of a row names it."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """One figure. `bins` are [start_s, end_s]; `spoken` says each of them in words for the keyboard."""

    key: str
    title: str
    sentence: str
    figure: dict[str, Any]
    templates: dict[str, Template]
    # None: js/tables.js builds it from the figure, which would otherwise be sent twice.
    table: Table | None = None
    bins: tuple[tuple[float, float], ...] = ()
    spoken: tuple[str, ...] = ()
    lead_s: float = LEAD_S
    legend: tuple[State, ...] = ()

    @property
    def payload(self) -> dict[str, Any]:
        """Return what js/charts.js draws from."""
        return {
            "key": self.key,
            "data": self.figure["data"],
            "layout": self.figure["layout"],
            "templates": self.templates,
            "bins": self.bins,
            "spoken": self.spoken,
            "lead_s": self.lead_s,
        }


def themes(template_of: Callable[[Palette], Template]) -> dict[str, Template]:
    """Return the template of each theme, from a function of the palette."""
    return {name: template_of(palette) for name, palette in PALETTES.items()}
