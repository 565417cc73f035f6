"""Both themes of every chart, as Plotly templates: a page ships the two and swaps them without a reload.

The colours are those of css/tokens.css: each at least 3.1:1 on its background and told apart in four kinds of colour
vision. Colour is never alone: states have patterns and letters too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from dashboard.charts.states import BASIC_STATES, STATES, State

Template = dict[str, Any]
FONT = '"Inter Variable", ui-sans-serif, system-ui, sans-serif'
DARK_INK, WHITE = "#0F172A", "#FFFFFF"


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of one theme; `states` and `on_states` are in the order of STATES, `basic` of BASIC_STATES."""

    surface: str
    ink: str
    ink_soft: str
    line: str
    grid: str
    usual: str
    no_data: str
    faces: str
    band: str
    states: tuple[str, ...]
    on_states: tuple[str, ...]
    basic: tuple[str, ...]
    on_basic: tuple[str, ...]


LIGHT = Palette(
    surface="#FFFFFF",
    ink="#0F172A",
    ink_soft="#5B6B82",
    line="#C6CDD8",
    grid="#E9ECF1",
    usual="#94A3B8",
    no_data="#E2E8F0",
    faces="#C6CDD8",
    band="rgba(16,144,249,.16)",
    states=("#1090F9", "#076C57", "#7B2F8A", "#A88508", "#7F1403", "#878B94"),
    on_states=(DARK_INK, WHITE, WHITE, DARK_INK, WHITE, DARK_INK),
    basic=("#868E9A", "#A88508", "#A40101", "#041760", "#A03FEF", "#410E1C", "#356E5A"),
    on_basic=(DARK_INK, DARK_INK, WHITE, WHITE, WHITE, WHITE, WHITE),
)
DARK = Palette(
    surface="#0F172A",
    ink="#F1F5F9",
    ink_soft="#8A9BB2",
    line="#334155",
    grid="#1B2638",
    usual="#64748B",
    no_data="#1E293B",
    faces="#334155",
    band="rgba(192,210,246,.18)",
    states=("#C0D2F6", "#14A67D", "#D53DE6", "#FCCF27", "#C23A16", "#5F6F7B"),
    on_states=(DARK_INK, DARK_INK, DARK_INK, DARK_INK, WHITE, WHITE),
    basic=("#808B9B", "#FCCF27", "#ED0404", "#D1D9E9", "#9426EE", "#A24D5B", "#4FC395"),
    on_basic=(DARK_INK, DARK_INK, WHITE, DARK_INK, WHITE, WHITE, DARK_INK),
)
PALETTES = {"light": LIGHT, "dark": DARK}


def template(palette: Palette, **traces: list[dict[str, Any]]) -> Template:
    """Return a Plotly template; the k-th trace of a type takes the k-th entry of `traces[type]`."""
    axis = {
        "gridcolor": palette.grid,
        "linecolor": palette.line,
        "tickcolor": palette.line,
        "zeroline": False,
        "tickfont": {"color": palette.ink_soft, "size": 11},
    }
    layout = {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": FONT, "color": palette.ink, "size": 12},
        "hoverlabel": {
            "bgcolor": palette.surface,
            "bordercolor": palette.line,
            "font": {"family": FONT, "color": palette.ink, "size": 12},
        },
        "xaxis": axis,
        "yaxis": axis,
        "annotationdefaults": {"font": {"color": palette.ink_soft, "size": 11}, "showarrow": False},
        "shapedefaults": {"line": {"color": palette.usual}},
    }
    return {"layout": layout, "data": traces}


def plain_bar(color: str) -> dict[str, Any]:
    """Return the style of a bar without edge or pattern."""
    return {"marker": {"color": color, "line": {"width": 0}}}


def state_color(palette: Palette, key: str) -> str:
    """Return the colour of a state."""
    return next(color for state, color in zip(STATES, palette.states, strict=True) if state.key == key)


def hatch(palette: Palette) -> dict[str, Any]:
    """Return the marker of a stretch without data: hatched, so that it is never taken for a value."""
    pattern = {"shape": "/", "fgcolor": palette.usual, "bgcolor": "rgba(0,0,0,0)", "size": 7, "solidity": 0.12}
    return {"color": palette.no_data, "line": {"width": 0}, "pattern": pattern}


def patterned_bars(palette: Palette) -> list[dict[str, Any]]:
    """Return one bar style a state: its colour and its pattern."""
    return _patterned(STATES, palette.states, palette.on_states)


def patterned(states: tuple[State, ...], palette: Palette) -> list[dict[str, Any]]:
    """Return one bar style for each of at most six ``states`` that are no emotions: a colour and its pattern."""
    return _patterned(states, palette.states[: len(states)], palette.on_states[: len(states)])


def basic_bars(palette: Palette) -> list[dict[str, Any]]:
    """Return one bar style a basic emotion: its colour and its pattern."""
    return _patterned(BASIC_STATES, palette.basic, palette.on_basic)


def _patterned(states: tuple[State, ...], colors: tuple[str, ...], inks: tuple[str, ...]) -> list[dict[str, Any]]:
    return [
        {"marker": {"color": color, "line": {"width": 0}, "pattern": _pattern(state.pattern, ink)}}
        for state, color, ink in zip(states, colors, inks, strict=True)
    ]


def _pattern(shape: str, ink: str) -> dict[str, Any]:
    return {"shape": shape, "fillmode": "overlay", "fgcolor": ink, "fgopacity": 0.5, "size": 6, "solidity": 0.22}


def lettered_bars(palette: Palette) -> list[dict[str, Any]]:
    """Return one bar style a state for bars that carry letters: its colour, and ink that can be read on it."""
    edge = {"width": 1, "color": palette.surface}
    return [
        {"marker": {"color": color, "line": edge}, "insidetextfont": {"color": ink, "size": 11}}
        for color, ink in zip(palette.states, palette.on_states, strict=True)
    ]
