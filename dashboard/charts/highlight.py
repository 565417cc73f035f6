"""One stretch of a lecture to look at."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Highlight:
    """A stretch that differs from the lecture's middle; `state` names the colour of its edge."""

    start_s: float
    end_s: float
    title: str
    text: str
    state: str
