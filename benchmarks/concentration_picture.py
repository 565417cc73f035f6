"""Three minutes of a drawn person: each signal of the concentration index, and the index that they make.

    python -m benchmarks.concentration_picture      writes docs/models/concentration.png

The person looks straight for two minutes, which are learned as usual, then aside, back, down, and shuts the eyes.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from inference.vision.concentration import WEIGHED, Values
from inference.vision.profiles import DEFAULT
from inference.vision.samples import prepare
from inference.vision.table import ObservationTable
from inference.vision.training.plot_style import DASHES, INK, drawing

TARGET = Path(__file__).resolve().parents[1] / "docs" / "models" / "concentration.png"
LABELS = ("focused", "distracted", "curious", "confused", "tired", "happy")
NAMES = {"expression": "expression", "head": "head", "eyes": "open eyes", "irises": "gaze"}
ASIDE_S, BACK_S, DOWN_S, SHUT_S, END_S = 120, 140, 150, 170, 190
FIRST_SHOWN_S = 105


def main() -> None:
    """Draw."""
    times_s = np.arange(float(END_S))
    samples = prepare(table_of(times_s), times_s, profile=DEFAULT)
    with drawing(TARGET, width_in=9.0, height_in=3.4) as (axes,):
        for number, name in enumerate(WEIGHED):
            (line,) = axes.plot(samples.time_s, 100 * getattr(samples.signals, name), label=NAMES[name], linewidth=1.3)
            line.set_linestyle(DASHES[1 + number])  # type: ignore[arg-type]  # its stubs name four styles
        axes.plot(samples.time_s, samples.index, label="the index", color=INK, linewidth=2.2)
        for start_s, words in ((ASIDE_S, "aside"), (BACK_S, "back"), (DOWN_S, "down"), (SHUT_S, "eyes shut")):
            axes.axvline(start_s, color=INK, linewidth=0.5)
            axes.text(start_s + 0.6, 104, words, fontsize=8)
        axes.set(xlabel="seconds", ylim=(-4, 112), xlim=(FIRST_SHOWN_S, END_S), title="")
        axes.legend(loc="lower left", ncols=5, fontsize=7.5)


def table_of(times_s: Values) -> ObservationTable:
    """Return the person's observations, with a little noise, the same at each call."""
    random = np.random.default_rng(4)
    n = len(times_s)
    is_aside, is_down = (times_s >= ASIDE_S) & (times_s < BACK_S), (times_s >= DOWN_S) & (times_s < SHUT_S)
    is_shut = times_s >= SHUT_S
    mix = np.where((is_aside | is_down)[:, None], (0.2, 0.5, 0.1, 0.1, 0.05, 0.05), (0.7, 0.05, 0.1, 0.1, 0.03, 0.02))
    openness = np.select([is_shut, is_down], [0.06, 0.2], 0.3) + random.normal(0, 0.01, n)
    others = {
        "eye_left_openness": openness, "eye_right_openness": openness, "face_px": np.full(n, 90.0),
        "iris_x": np.where(is_aside, 0.1, 0.0) + random.normal(0, 0.005, n),
        "iris_y": np.where(is_down, 0.12, 0.0) + random.normal(0, 0.005, n), "rejection_code": np.zeros(n),
    }  # fmt: skip
    return ObservationTable(
        LABELS, np.ones(n, np.int64), times_s, np.full(n, 0.9), mix / mix.sum(axis=1, keepdims=True),
        yaw_deg=np.where(is_aside, 24.0, 0.0) + random.normal(0, 2, n),
        pitch_deg=np.where(is_down, -14.0, 0.0) + random.normal(0, 2, n), eye_openness=openness, others=others,
    )  # fmt: skip


if __name__ == "__main__":
    main()
