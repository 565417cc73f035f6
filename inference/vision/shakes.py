"""Head shakes and nods: an angle that swings to and fro. Seen only where the samples are dense enough."""

from __future__ import annotations

import numpy as np

from inference.vision.concentration import Values

# A shake or a nod is two reversals within two seconds, each swing at least this far (docs/models/head-pose.md).
LEAST_SWING_DEG, LEAST_REVERSALS, WITHIN_S = 6.0, 2, 2.0
# So soon after its farthest point the angle must have swung back that far.
TURN_BACK_S = 0.6
# At 4 samples a second one shake in thirty is missed, at 2 every second one (benchmarks/shakes.py).
LEAST_FPS = 5.0


def measurable_s(weight_s: Values, angle_deg: Values) -> Values:
    """Return (n,) the seconds that each sample stands for where a swing could be seen, else 0."""
    is_dense = np.isfinite(angle_deg) & (weight_s <= _most_step_s(LEAST_FPS))
    return np.where(is_dense, weight_s, 0.0)


def shakes(time_s: Values, angle_deg: Values, *, least_fps: float = LEAST_FPS) -> Values:
    """Return the times (k,) at which one track's angle (n,), in order of time, begins to swing to and fro.

    Samples that are missing, or too far apart, end a swing: what happened between them is not known.
    """
    known = np.isfinite(angle_deg)
    times_s, angles_deg = time_s[known], angle_deg[known]
    breaks = np.flatnonzero(np.diff(times_s) > _most_step_s(least_fps)) + 1
    starts, ends = np.append(0, breaks), np.append(breaks, len(times_s))
    # At one sample a second every run is too short, and an hour has thousands: they are not looked at.
    long_enough = np.flatnonzero(ends - starts >= LEAST_REVERSALS + 2)
    runs = [slice(starts[row], ends[row]) for row in long_enough]
    found = [_clusters(reversals(times_s[run], angles_deg[run])) for run in runs]
    return np.concatenate([np.empty(0), *found])


def reversals(time_s: Values, angle_deg: Values) -> Values:
    """Return the times (k,) between two swings of at least ``LEAST_SWING_DEG`` in opposite directions.

    The angle turns back at once: where it rests in between, as in a look aside, nothing swings.
    """
    found: list[float] = []
    extreme, heading = 0, 0.0
    for now in range(1, len(angle_deg)):
        step_deg = angle_deg[now] - angle_deg[extreme]
        if heading * step_deg > 0:
            extreme = now
        elif abs(step_deg) >= LEAST_SWING_DEG:
            if heading and time_s[now] - time_s[extreme] <= TURN_BACK_S:
                found.append(float(time_s[extreme]))
            extreme, heading = now, float(np.sign(step_deg))
    return np.array(found, np.float64)


def _clusters(reversal_s: Values) -> Values:
    """Return the first time of each chain of reversals that follow one another within two seconds."""
    if len(reversal_s) < LEAST_REVERSALS:
        return np.empty(0)
    starts = np.flatnonzero(np.diff(reversal_s, prepend=-np.inf) > WITHIN_S)
    sizes = np.diff(np.append(starts, len(reversal_s)))
    return np.asarray(reversal_s[starts[sizes >= LEAST_REVERSALS]], np.float64)


def _most_step_s(least_fps: float) -> float:
    """Return the longest step between samples; a fifth of slack, since recordings do not keep time exactly."""
    return 1.2 / least_fps
