"""How a person before a camera moves: slow waves of several periods, and now and then a lean to the side."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

PERIODS_S = (7.3, 19.0, 53.0)
SWAY, ZOOM, TURN_DEG, LIGHT = 0.03, 0.06, 4.0, 0.07
LEAN, LEAN_EVERY_S, LEAN_S = 0.12, 47.0, 4.0


@dataclass(frozen=True, slots=True)
class Pose:
    """Shift as shares of the tile, and factors of size and light; the head's tilt in degrees clockwise."""

    x: float
    y: float
    zoom: float
    turn_deg: float
    light: float


def pose_at(seed: int, now_s: float) -> Pose:
    """Return how the person of ``seed`` sits at ``now_s``."""
    phases = np.random.default_rng([5, seed]).uniform(0, 2 * math.pi, (5, len(PERIODS_S)))
    angles = 2 * math.pi * now_s / np.array(PERIODS_S) + phases
    x, y, zoom, turn, light = np.sin(angles).mean(axis=1)
    lean = LEAN if (now_s + 13 * seed) % LEAN_EVERY_S < LEAN_S else 0.0
    side = 1 if seed % 2 else -1
    return Pose(SWAY * x + side * lean, SWAY * y, 1 + ZOOM * zoom, TURN_DEG * turn, 1 + LIGHT * light)
