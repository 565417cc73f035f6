"""Head shakes and nods: an angle that swings to and fro. Seen only where the samples are dense enough."""

from __future__ import annotations

import numpy as np

from inference.vision.concentration import Indices, Values

# A shake or a nod is two reversals within two seconds, each swing at least this far (docs/models/head-pose.md).
LEAST_SWING_DEG, LEAST_REVERSALS, WITHIN_S = 6.0, 2, 2.0
# At fewer samples a second too many shakes fall between them.
LEAST_FPS = 6.0


def measurable_s(weight_s: Values, angle_deg: Values) -> Values:
    """Return (n,) the seconds that each sample stands for where a swing could be seen, else 0."""
    is_dense = np.isfinite(angle_deg) & (weight_s <= _most_step_s())
    return np.where(is_dense, weight_s, 0.0)


def shakes(time_s: Values, angle_deg: Values) -> Values:
    """Return the times (k,) at which one track's angle (n,), in order of time, begins to swing to and fro.

    Samples that are missing, or too far apart, end a swing: what happened between them is not known.
    """
    known = np.isfinite(angle_deg)
    times_s, angles_deg = time_s[known], angle_deg[known]
    breaks = np.flatnonzero(np.diff(times_s) > _most_step_s()) + 1
    found = [
        _clusters(run_s[reversals(run_deg)])
        for run_s, run_deg in zip(np.split(times_s, breaks), np.split(angles_deg, breaks), strict=True)
    ]
    return np.concatenate(found)


def reversals(angle_deg: Values) -> Indices:
    """Return the samples (k,) between two swings of at least ``LEAST_SWING_DEG`` in opposite directions."""
    extremes: list[int] = [0]
    heading = 0.0
    for now in range(1, len(angle_deg)):
        step_deg = angle_deg[now] - angle_deg[extremes[-1]]
        if heading * step_deg > 0:
            extremes[-1] = now
        elif abs(step_deg) >= LEAST_SWING_DEG:
            extremes.append(now)
            heading = float(np.sign(step_deg))
    return np.array(extremes[1:-1], np.int64)


def _clusters(reversal_s: Values) -> Values:
    """Return the first time of each chain of reversals that follow one another within two seconds."""
    if len(reversal_s) < LEAST_REVERSALS:
        return np.empty(0)
    starts = np.flatnonzero(np.diff(reversal_s, prepend=-np.inf) > WITHIN_S)
    sizes = np.diff(np.append(starts, len(reversal_s)))
    return np.asarray(reversal_s[starts[sizes >= LEAST_REVERSALS]], np.float64)


def _most_step_s() -> float:
    """Return the longest step between samples; a fifth of slack, since recordings do not keep time exactly."""
    return 1.2 / LEAST_FPS
