"""Mouths that yawn, speak, laugh and rest, drawn as MAR traces with known times."""

from __future__ import annotations

import numpy as np

from inference.vision.concentration import Values
from inference.vision.fatigue.profile import WINDOW
from inference.vision.fatigue.yawns import yawns_of

DURATION_S, PEOPLE = 1800.0, 40
YAWNS_EVERY_S, YAWN_S, RISE_S = 150.0, (4.0, 8.0), 1.5
# MAR at the widest: what the middle half of people who yawn show in the set is 0.13 to 0.48, at all stages of a yawn.
PEAK = (0.45, 0.8)
# A quarter of the time speech, some laughter: MARs of press pictures, of which 1 in 30 is over 0.4.
TALK_EVERY_S, TALK_S, SYLLABLE_S, TALK_MAR, LAUGH_MAR = 40.0, (3.0, 15.0), 0.2, 0.16, (0.2, 0.45)
NOISE, LAUGHS = 0.02, 0.15
NEAR_S = 2.0


def mouth_of(seed: int) -> tuple[Values, Values, Values]:
    """Return times (m,) at 20 a second, MAR (m,) and the yawns (k, 2) s of one drawn person."""
    random = np.random.default_rng([11, seed])
    times_s = np.arange(0, DURATION_S, 0.05)
    mar = np.abs(random.normal(0.03, 0.02)) + np.zeros(len(times_s))
    for start_s in _starts(random, TALK_EVERY_S):
        inside = (times_s >= start_s) & (times_s < start_s + random.uniform(*TALK_S))
        if random.uniform() < LAUGHS:
            mar[inside] = random.uniform(*LAUGH_MAR)
        else:
            syllables = random.exponential(TALK_MAR, int(DURATION_S / SYLLABLE_S) + 1)
            mar[inside] = syllables[(times_s[inside] / SYLLABLE_S).astype(int)]
    yawns = np.array([(start_s, start_s + random.uniform(*YAWN_S)) for start_s in _starts(random, YAWNS_EVERY_S)])
    for start_s, end_s in yawns:
        rise = np.clip(np.minimum(times_s - start_s, end_s - times_s) / RISE_S, 0, 1)
        mar = np.maximum(mar, rise * random.uniform(*PEAK))
    return times_s, mar + random.normal(0, NOISE, len(times_s)), yawns


def yawn_counts(fps: float) -> tuple[int, int, int, float]:
    """Return how many drawn yawns there are, how many are found, false ones, and hours, at ``fps`` samples a second."""
    known = hits = false = 0
    for seed in range(PEOPLE):
        times_s, mar, yawns = mouth_of(seed)
        every = slice(None, None, round(20 / fps))
        found = yawns_of(times_s[every], mar[every], profile=WINDOW)
        near = (found[:, None] >= yawns[:, 0] - NEAR_S) & (found[:, None] <= yawns[:, 1] + NEAR_S)
        known, hits, false = (
            known + len(yawns),
            hits + int(near.any(axis=0).sum()),
            false + int((~near.any(axis=1)).sum()),
        )
    return known, hits, false, PEOPLE * DURATION_S / 3600


def _starts(random: np.random.Generator, every_s: float) -> Values:
    starts_s = np.cumsum(random.exponential(every_s, int(4 * DURATION_S / every_s)) + 12.0)
    return starts_s[starts_s < DURATION_S - 20]
