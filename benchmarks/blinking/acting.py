"""When a drawn person blinks, closes the eyes for longer, and how the head moves meanwhile: all by a seed."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from inference.vision.concentration import Values

BLINKS_PER_MIN = 17.0
# Time with the lids more than half down; of spontaneous blinks, between the 80 and 400 ms.
BLINK_S, SPREAD, SHORTEST_S, LONGEST_S = 0.15, 0.35, 0.08, 0.4
LONG_EVERY_S, LONG_S = 25.0, (0.6, 3.0)
LEAST_GAP_S = 0.8
# Lids fall faster than they rise.
FALL_S, RISE_S = 0.07, 0.13
# Waves of the head (hertz, share of the face), and a sudden change of posture.
WAVES = ((0.13, 0.10), (0.45, 0.03), (1.3, 0.01))
SHIFT_EVERY_S, SHIFT_S, SHIFT = 17.0, 0.5, 0.2
TURN_DEG = 3.0


@dataclass(frozen=True, slots=True)
class Act:
    """Closures of one person, by start and end (k, 2) s of lids more than half down: blinks and long ones."""

    seed: int
    closures_s: Values

    @property
    def is_long(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """Which closures (k,) last longer than half a second."""
        return np.asarray(self.closures_s[:, 1] - self.closures_s[:, 0] > 0.5)

    def closed_share(self, now_s: float) -> float:
        """Return how far the lids are down, 0..1."""
        return float(lid_share(now_s, self.closures_s).max(initial=0.0))

    def place(self, now_s: float) -> tuple[float, float, float]:
        """Return the head's shift right and down as shares of the face, and its tilt in degrees."""
        phases = np.random.default_rng([9, self.seed]).uniform(0, 2 * math.pi, (3, len(WAVES)))
        rates, sizes = np.array(WAVES).T
        x, y, turn = (sizes * np.sin(2 * math.pi * rates * now_s + phases)).sum(axis=1)
        number, since_s = divmod(now_s + 5.3 * self.seed, SHIFT_EVERY_S)
        posture = number % 2 + (-1) ** (number % 2) * min(since_s / SHIFT_S, 1.0)
        return float(x + SHIFT * posture), float(y / 2), float(turn / sizes.sum() * TURN_DEG)


def act_of(seed: int, duration_s: float) -> Act:
    """Return what the person of ``seed`` does for ``duration_s``."""
    random = np.random.default_rng([3, seed])
    now_s, closures = 1.0, []
    next_long_s = random.uniform(5, LONG_EVERY_S)
    while now_s < duration_s - LONG_S[1] - 1:
        if now_s > next_long_s:
            length_s = random.uniform(*LONG_S)
            next_long_s = now_s + random.uniform(0.6, 1.4) * LONG_EVERY_S
        else:
            length_s = float(np.clip(BLINK_S * random.lognormal(0, SPREAD), SHORTEST_S, LONGEST_S))
        closures.append((now_s, now_s + length_s))
        now_s += length_s + LEAST_GAP_S + random.exponential(60 / BLINKS_PER_MIN - LEAST_GAP_S)
    return Act(seed, np.array(closures).reshape(-1, 2))


def lid_share(now_s: float, closures_s: Values) -> Values:
    """Return (k,) how far each closure has the lids down: half at its start and at its end, all in between."""
    start_s, end_s = closures_s.T
    falling, rising = 0.5 + (now_s - start_s) / FALL_S, 0.5 + (end_s - now_s) / RISE_S
    return np.asarray(np.clip(np.minimum(falling, rising), 0.0, 1.0), np.float64)
