"""One picture: what the eyes of a real clip say and which blinks are found, and the level of a drawn hour's end."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.blinking.clips import ClipTrace
from inference.vision.concentration import Values
from inference.vision.fatigue.blinks import blinks_of
from inference.vision.fatigue.closed import logits_of
from inference.vision.fatigue.closures import Closures, is_within
from inference.vision.fatigue.profile import WINDOW
from inference.vision.fatigue.signals import EyeTrace, TrackSignals
from inference.vision.fatigue.spans import fatigue_of

OPEN, FOUND, MARKED, LEVEL, TIRED = "#3b6ea8", "#f0b429", "#b3261e", "#7a3e9d", "#e8d5f0"
DRAWN_S, DROWSY_S = 480.0, (150.0, 330.0)


def write_sheet(path: Path, clip: ClipTrace) -> None:
    """Draw the real clip above and the drawn person below."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt

    figure, (above, below) = plt.subplots(2, 1, figsize=(10, 5.6), layout="constrained")
    _draw_clip(above, clip)
    _draw_person(below)
    figure.savefig(path, dpi=90)


def _draw_clip(axes: Any, clip: ClipTrace) -> None:
    times_s, logits = clip.trace.times_s, logits_of(clip.trace)
    axes.plot(times_s, logits, color=OPEN, linewidth=1, label="log odds that the eyes are closed")
    blinks = blinks_of(clip.trace, profile=WINDOW)
    for number, (start_s, end_s) in enumerate(zip(blinks.start_s, blinks.end_s, strict=True)):
        axes.axvspan(start_s, end_s, color=FOUND, label="blink found" if not number else None)
    axes.plot(
        clip.blinks_s.mean(axis=1), np.full(len(clip.blinks_s), 8.6), "v", color=MARKED, label="blink marked by eye"
    )
    axes.set(title="A real clip, 24 pictures a second: she looks down, up, and down again", ylim=(-9, 15), xlabel="s")
    axes.legend(loc="upper center", ncols=3, fontsize=8)


def _draw_person(axes: Any) -> None:
    person = drawn_person()
    found = fatigue_of(person)
    axes.fill_between(person.times_s, 0, found.is_tired, color=TIRED, step="mid", label="class tired")
    axes.plot(person.times_s, found.perclos, color=OPEN, linewidth=1.2, label="PERCLOS of 60 s")
    axes.plot(person.times_s, found.level, color=LEVEL, linewidth=2, label="fatigue level")
    axes.plot(found.yawns_s, np.full(len(found.yawns_s), 0.92), "o", color=MARKED, label="yawn found")
    axes.set(title="A drawn person who gets drowsy from second 150 to 330", ylim=(0, 1), xlabel="s", xlim=(0, DRAWN_S))
    axes.legend(loc="upper left", fontsize=8)


def drawn_person() -> TrackSignals:
    """Return a person who blinks, then closes the eyes ever longer and yawns, then blinks again."""
    random, times_s, fast_s = np.random.default_rng(4), np.arange(0, DRAWN_S), np.arange(0, DRAWN_S, 1 / 15)
    starts_s = np.cumsum(random.uniform(2, 5, 200))
    drowsy = (starts_s >= DROWSY_S[0]) & (starts_s < DROWSY_S[1])
    closures = Closures(starts_s, starts_s + np.where(drowsy, random.uniform(0.3, 1.6, 200), 0.2))
    yawns = Closures(np.array([170.0, 215.0, 260.0, 305.0]), np.array([175.0, 221.0, 265.0, 310.0]))
    closed = np.where(is_within(fast_s, closures), 0.98, 0.01)
    return TrackSignals(
        times_s=times_s, eye_openness=_both(np.where(is_within(times_s, closures), 0.08, 0.3)),
        mouth_openness=np.where(is_within(times_s, yawns), 0.6, 0.04), face_px=np.full(len(times_s), 96.0),
        quality=np.ones(len(times_s)), tired=np.full(len(times_s), np.nan), trace=EyeTrace(fast_s, _both(closed)),
    )  # fmt: skip


def _both(values: Values) -> Values:
    return np.stack([values, values], axis=1)
