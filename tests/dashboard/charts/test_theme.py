"""Charts and pages share their colours."""

from __future__ import annotations

import re

from dashboard.charts.states import BASIC_STATES, STATES
from dashboard.charts.theme import DARK, LIGHT, Palette
from dashboard.settings.home import BASE_DIR

TOKENS = BASE_DIR / "dashboard/static/dashboard/css/tokens.css"
LEAST_CONTRAST = 3.0
READABLE = 3.5


def token(name: str) -> list[str]:
    found = re.search(rf"--{name}: light-dark\((#\w+), (#\w+)\)", TOKENS.read_text())
    assert found
    return list(found.groups())


def luminance(color: str) -> float:
    parts = [int(color[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def test_states_have_the_colours_of_the_tokens() -> None:
    tokens = [token(state.key) for state in STATES]
    assert [list(pair) for pair in zip(LIGHT.states, DARK.states, strict=True)] == tokens
    basic = [token(state.key) for state in BASIC_STATES]
    assert [list(pair) for pair in zip(LIGHT.basic, DARK.basic, strict=True)] == basic


def test_other_colours_are_those_of_the_tokens() -> None:
    names = {"surface": "surface", "ink": "ink", "ink-3": "ink_soft", "usual": "usual"}
    for name, field in names.items():
        assert token(name) == [getattr(LIGHT, field), getattr(DARK, field)]


def test_every_state_stands_out_from_its_background() -> None:
    for palette in (LIGHT, DARK):
        colors = (*palette.states, *palette.basic)
        assert min(contrast(color, palette.surface) for color in colors) >= LEAST_CONTRAST


def test_letters_can_be_read_on_every_state() -> None:
    for palette in (LIGHT, DARK):
        assert min(_letter_contrasts(palette)) >= READABLE


def _letter_contrasts(palette: Palette) -> list[float]:
    pairs = (*zip(palette.on_states, palette.states, strict=True), *zip(palette.on_basic, palette.basic, strict=True))
    return [contrast(ink, color) for ink, color in pairs]
