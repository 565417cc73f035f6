"""How a meeting arranges its tiles: a gallery, one speaker large, a shared page with a strip of people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from inference.vision.gallery import GAP_PX, grid

SIZE = (1280, 720)
STRIP_TILES, STRIP_SIZE = 5, (252, 140)
STAGE = (0, 0, 1024, 720)  # left, top, width, height of the speaker or the page beside the strip
Rect = tuple[int, int, int, int]
ViewKind = Literal["gallery", "speaker", "share"]


@dataclass(frozen=True, slots=True)
class View:
    """From ``from_s`` on people are shown in ``order`` (numbers): all, or those for whom there is room."""

    from_s: float
    order: tuple[int, ...]
    kind: ViewKind = "gallery"


def arranged(view: View, present: Sequence[int]) -> dict[int, Rect]:
    """Return where each of the ``present`` who is shown has a tile: left, top, width, height."""
    order = [number for number in view.order if number in present]
    if view.kind == "gallery":
        return _gallery(order)
    strip = order[: STRIP_TILES + (view.kind == "speaker")]
    shown: dict[int, Rect] = {strip.pop(0): STAGE} if view.kind == "speaker" and strip else {}
    step = SIZE[1] // STRIP_TILES
    return shown | {number: (STAGE[2] + GAP_PX, row * step, *STRIP_SIZE) for row, number in enumerate(strip)}


def _gallery(order: Sequence[int]) -> dict[int, Rect]:
    columns, rows = grid(max(len(order), 1))
    width, height = SIZE[0] // columns, SIZE[1] // rows
    return {
        number: (place % columns * width, place // columns * height, width - GAP_PX, height - GAP_PX)
        for place, number in enumerate(order)
    }
