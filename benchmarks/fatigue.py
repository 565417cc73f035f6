"""Blinks, closed eyes and yawns with known truth: rendered galleries, real clips marked by eye, drawn mouths.

    python -m benchmarks.fatigue --data ../shared/data [--sheet docs/models/fatigue.png]

The galleries are rendered and read once, about a quarter of an hour of one core, and kept in runs/fatigue. Nothing of
the people in them served a choice.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.blinking.clips import CLIPS, ClipTrace, place_errors, read_clip
from benchmarks.blinking.figures import added, counts_of, matched, n_false
from benchmarks.blinking.reading import Eyewitness
from benchmarks.blinking.readings import Reading, make_recording, readings, test_people
from benchmarks.blinking.sheet import write_sheet
from benchmarks.blinking.yawning import yawn_counts
from benchmarks.people import auc
from benchmarks.record import record
from inference.vision.concentration import Values
from inference.vision.fatigue.blinks import blinks_of
from inference.vision.fatigue.profile import WINDOW
from inference.vision.training.datasets import load_lfw, load_yawn
from inference.vision.training.protocols import TEST
from inference.vision.training.recipe import load_recipe
from inference.vision.training.sets import load_samples
from inference.vision.training.sets.yawn import LFW_STEP
from inference.vision.types import silent_hook

COMMAND = "python -m benchmarks.fatigue --data ../shared/data"
# Every picture of clips of 24 or 30 a second, and every second one; as large as they are, and half.
STEPS, SCALES = (1, 2), (1.0, 0.5)
YAWN_STEP = 4
TIMED_PX, TIMED_S, TIMED_FPS = 64, 12.0, (12.0, 15.0)
Figures = Iterator[tuple[str, float, str, float]]
"""Key, value, unit, and on how many (or how much) it rests; 0 where that is told by the command."""


def main() -> None:
    """Measure, print and record; or only draw the sheet."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled sets")
    parser.add_argument("--sheet", type=Path, help="draw a picture there, and measure nothing")
    options = parser.parse_args()
    witness = Eyewitness()
    if options.sheet:
        write_sheet(options.sheet, read_clip(CLIPS[0], options.data, witness, step=1))
        return
    figures = [
        *cost(options.data, witness),
        *closed_eyes(options.data, witness),
        *real(options.data, witness),
        *places(options.data, witness),
        *mouths(options.data, witness),
        *yawns(),
    ]
    for reading in readings(options.data):
        figures += rendered(reading)
    for key, value, unit, n in figures:
        print(f"{key:52} {value:>9} {unit} ({n:g})", flush=True)
    known = [figure for figure in figures if np.isfinite(figure[1])]
    values = {f"fatigue.{key}": (value, unit) for key, value, unit, _ in known}
    record(values, command=COMMAND, more={f"fatigue.{key}": {"n": n} for key, _, _, n in known if n})


def rendered(reading: Reading) -> Figures:
    """Yield the figures of one size of face and one rate of the eyes."""
    name = f"{reading.face_px}px.{reading.eyes_fps:g}fps"
    counts = added(counts_of(signals, act) for signals, act in zip(reading.people, reading.acts, strict=True))
    yield f"{name}.blink_recall", _share(counts.n_found, counts.n_blinks), "share", counts.n_blinks
    yield f"{name}.false_blinks", _share(counts.n_false, counts.minutes), "a minute", round(counts.minutes, 1)
    yield f"{name}.blink_length_error", round(1000 * _mean(counts.length_errors_s), 0), "ms", counts.n_found
    yield f"{name}.long_recall", _share(counts.n_long_found, counts.n_long), "share", counts.n_long
    yield f"{name}.false_long", _share(counts.n_long_false, counts.minutes), "a minute", round(counts.minutes, 1)
    yield f"{name}.perclos_error", _mean(counts.perclos_errors), "share", len(counts.perclos_errors)
    yield f"{name}.perclos_error_of_landmarks", _mean(counts.slow_perclos_errors), "share", len(counts.perclos_errors)


def real(data: Path, witness: Eyewitness) -> Figures:
    """Yield the figures on real blinks."""
    for step in STEPS:
        for scale in SCALES:
            rows = [_real_counts(read_clip(clip, data, witness, step=step, scale=scale)) for clip in CLIPS]
            known, found, false, seconds = (sum(row[column] for row in rows) for column in range(4))
            name = f"real.every_{step}.scale_{scale:g}"
            yield f"{name}.blink_recall", _share(found, known), "share", known
            yield f"{name}.false_blinks", _share(false, seconds / 60), "a minute", round(seconds / 60, 2)


def places(data: Path, witness: Eyewitness) -> Figures:
    """Yield how far the eyes between full samples are from where a mesh of every picture has them."""
    errors = [place_errors(clip, data, witness) for clip in CLIPS]
    for name, off in zip(("line", "followed"), map(np.concatenate, zip(*errors, strict=True)), strict=True):
        yield f"places.{name}.error", _mean(off), "eye widths", len(off)
        yield f"places.{name}.over_a_quarter", _share((off > 0.25).sum(), len(off)), "share", len(off)


def yawns() -> Figures:
    """Yield the figures on drawn mouths."""
    for fps in (1.0, 2.0, 5.0):
        known, found, false, hours = yawn_counts(fps)
        yield f"yawns.{fps:g}fps.recall", _share(found, known), "share", known
        yield f"yawns.{fps:g}fps.false", _share(false, hours), "an hour", hours


def mouths(data: Path, witness: Eyewitness) -> Figures:
    """Yield how well the mouth's opening tells a picture of a yawn, and how many are over the yawn's threshold."""
    source, strangers = load_yawn(data), load_lfw(data)
    is_yawn = source.facts["has_yawn"] == 1
    rows = {"yawns": np.flatnonzero(is_yawn)[::YAWN_STEP], "others": np.flatnonzero(~is_yawn)[::YAWN_STEP]}
    sets = {name: [source.images[row] for row in those.tolist()] for name, those in rows.items()}
    tested = np.flatnonzero(strangers.splits == TEST)[::LFW_STEP]
    sets["strangers"] = [strangers.images[row] for row in tested.tolist()]
    found = {name: witness.mouths(pictures) for name, pictures in sets.items()}
    for name, openness in found.items():
        yield (
            f"mouths.{name}.over_threshold",
            _share((openness > WINDOW.yawn_openness).sum(), len(openness)),
            "share",
            len(openness),
        )
    for name in ("others", "strangers"):
        values = np.concatenate([found["yawns"], found[name]])
        is_positive = np.arange(len(values)) < len(found["yawns"])
        yield f"mouths.yawns_against_{name}.auc", round(auc(values, is_positive), 4), "area", len(values)


def closed_eyes(data: Path, witness: Eyewitness) -> Figures:
    """Yield how well the read probability tells closed eyes of held-out people from open ones."""
    recipe = load_recipe("eye_state", "default")
    tested = load_samples(data, Path("runs") / recipe.family, recipe, silent_hook).counted(TEST)
    halves = tested.images.reshape(len(tested.images), 1, 32, 2, 32, 2).mean(axis=(3, 5)).astype(np.uint8)
    closed = witness.eyes.closed_of(halves.transpose(1, 0, 2, 3))[0]
    yield "closed_eyes.auc", round(auc(closed.astype(np.float64), tested.truth == 0), 4), "area", len(closed)


def cost(data: Path, witness: Eyewitness) -> Figures:
    """Yield what the eyes between full samples cost, over finding faces and over meshes of one full sample a second."""
    cast = test_people(data, witness)
    with tempfile.TemporaryDirectory() as folder:
        recording = Path(folder) / "gallery.mp4"
        make_recording(recording, (TIMED_PX, TIMED_PX), cast, TIMED_S)
        for fps in TIMED_FPS:
            witness.spent_s.update(faces=0.0, meshes=0.0, eyes=0.0)
            witness.read(recording, eyes_fps=fps)
            spent_s = witness.spent_s
            for name in ("faces", "meshes"):
                yield f"cost.{fps:g}fps.eyes_over_{name}", _share(spent_s["eyes"], spent_s[name]), "x", 0
            yield (
                f"cost.{fps:g}fps.eyes_ms",
                round(1000 * spent_s["eyes"] / TIMED_S, 1),
                "ms a second, shared machine",
                0,
            )


def _share(part: float, whole: float) -> float:
    return round(float(part) / float(whole), 3) if whole else float("nan")


def _mean(errors: Values) -> float:
    return round(float(np.abs(errors).mean()), 4) if len(errors) else float("nan")


def _real_counts(clip: ClipTrace) -> tuple[int, int, int, float]:
    """Return how many blinks are marked, how many were found, how many false ones, and how many seconds were judged."""
    found = blinks_of(clip.trace, profile=WINDOW)
    found = found.where((found.end_s >= clip.from_s) & (found.start_s <= clip.until_s))
    hits, _ = matched(clip.blinks_s, found)
    return len(hits), int(hits.sum()), n_false(found, clip.blinks_s), clip.until_s - clip.from_s


if __name__ == "__main__":
    main()
