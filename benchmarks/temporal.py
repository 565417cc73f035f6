"""Does smoothing help, do states flicker, and does a second opinion know when the first is wrong?

    python -m benchmarks.temporal --data ../shared/data --media ../shared/media --picture docs/models/temporal.png

Composed minutes (`acted.py`) have a truth; real clips have none, and are asked for their changes a minute alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.acted import KINDS, Acted, Shown, acted, shown_faces
from benchmarks.record import record
from benchmarks.temporal_picture import draw
from benchmarks.voted_faces import voted_faces
from inference.vision.agreement import GO_WITH
from inference.vision.concentration import Values, expression_signal
from inference.vision.families.cnn_lstm.decode import WINDOW, read_windows
from inference.vision.pipeline import Pipeline, PipelineOptions
from inference.vision.profiles import DEFAULT
from inference.vision.smoothing import smoothed, states
from inference.vision.stages.second_opinion import SecondOpinion, load_second_opinion
from inference.vision.types import ImageArray
from inference.vision.weights import asset_path

COMMAND = "python -m benchmarks.temporal --data ../shared/data --media ../shared/media"
EACH, CLIP_FPS, SPAN_S = 100, 5.0, 30
Figures = Iterator[tuple[str, float, str]]


def main() -> None:
    """Compose, read, print, record and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled sets")
    parser.add_argument("--media", type=Path, required=True, help="folder of the real clips")
    parser.add_argument("--picture", type=Path, help="where to draw the states of a real clip")
    chosen = parser.parse_args()
    pipeline = Pipeline(options=PipelineOptions(sample_fps=CLIP_FPS), device="cpu")
    labels = pipeline.card.labels if pipeline.card else ()
    opinion = load_second_opinion("cpu")
    shown, others = shown_faces(voted_faces(chosen.data, each=EACH), pipeline, opinion.card)
    figures = [*sequences(shown, labels), *opinions(shown, others, opinion, labels)]
    tracks = {name: track_of(paths, pipeline) for name, paths in clips(chosen.media).items()}
    for name, (times_s, mixes) in tracks.items():
        figures += [(f"clip.{name}.{key}", value, unit) for key, value, unit in flicker(times_s, mixes, labels)]
    for key, value, unit in figures:
        print(f"{key:44} {value:8.3f} {unit}")
    record({f"temporal.{key}": (round(value, 4), unit) for key, value, unit in figures}, command=COMMAND)
    if chosen.picture:
        draw(chosen.picture, *tracks["actor"], labels=labels, profile=DEFAULT)


def sequences(shown: Shown, labels: tuple[str, ...]) -> Figures:
    """Yield how often the label of a second is right, how often it changes, and how far a span's signal is off."""
    for kind in KINDS:
        played = acted(shown, kind)
        minutes = sum(len(each.times_s) for each in played) / 60
        yield f"{kind}.truth.changes_a_minute", sum(len(each.changes_s) for each in played) / minutes, "1/min"
        for name in ("raw", "smoothed", "state"):
            named = [named_by(each.times_s, each.probabilities, labels, name) for each in played]
            hits = np.concatenate([seconds == each.truth for seconds, each in zip(named, played, strict=True)])
            yield f"{kind}.{name}.accuracy", float(hits.mean()), "share"
            yield f"{kind}.{name}.changes_a_minute", sum(map(changes, named)) / minutes, "1/min"
        late = np.concatenate([delays_s(each, labels) for each in played])
        yield f"{kind}.state.found_changes", float(np.isfinite(late).mean()), "share"
        yield f"{kind}.state.off_by", float(np.nanmedian(np.abs(late))), "s"
        for name in ("raw", "smoothed"):
            off = [span_error(each, labels, is_smoothed=name == "smoothed") for each in played]
            yield f"{kind}.{name}.span_error", 100 * float(np.mean(np.concatenate(off))), "points"


def named_by(times_s: Values, mixes: Values, labels: tuple[str, ...], name: str) -> npt.NDArray[np.str_]:
    """Return the label of each sample: of its likeliest class, raw or smoothed, or of the state it is in, else ""."""
    if name == "state":
        found = np.full(len(times_s), "", dtype="<U16")
        for state in states(times_s, mixes, labels, profile=DEFAULT):
            found[(times_s >= state.start_s) & (times_s < state.end_s)] = state.label
        return found
    levels = mixes if name == "raw" else smoothed(times_s, mixes, profile=DEFAULT)
    return np.array([labels[likeliest] for likeliest in levels.argmax(axis=1)])


def changes(named: npt.NDArray[np.str_]) -> int:
    """Return how often the label changes from one sample to the next."""
    return int((named[1:] != named[:-1]).sum())


def delays_s(played: Acted, labels: tuple[str, ...]) -> Values:
    """Return (c,) how much later than each change the state of the new expression begins; NaN where it never does."""
    found = states(played.times_s, played.probabilities, labels, profile=DEFAULT)
    late = []
    for change_s, until_s in pairwise([*played.changes_s.tolist(), float(played.times_s[-1])]):
        label = played.truth[int(change_s)]
        starts = [s.start_s - change_s for s in found if s.label == label and change_s - 6 <= s.start_s < until_s]
        late.append(min(starts, key=abs, default=np.nan))
    return np.array(late)


def span_error(played: Acted, labels: tuple[str, ...], *, is_smoothed: bool) -> Values:
    """Return by how much the mean expression signal of each span misses that of the true labels."""
    levels = smoothed(played.times_s, played.probabilities, profile=DEFAULT) if is_smoothed else played.probabilities
    truth = np.eye(len(labels))[[labels.index(label) for label in played.truth]]
    signals = [expression_signal(each, labels, profile=DEFAULT) for each in (levels, truth)]
    starts = range(0, len(played.times_s) - SPAN_S + 1, SPAN_S)
    means = np.array([[signal[start : start + SPAN_S].mean() for start in starts] for signal in signals])
    return np.asarray(np.abs(means[0] - means[1]), np.float64)


def opinions(shown: Shown, others: list[ImageArray], opinion: SecondOpinion, labels: tuple[str, ...]) -> Figures:
    """Yield how often windows are right, how often they agree, and how often the first network then is."""
    basic = np.array(opinion.card.labels)
    for kind, windows in (("one", np.stack(others)), ("many", mixed(others, shown.labels))):
        read = np.concatenate([read_windows(opinion._network, window[None], opinion.card) for window in windows])
        said = basic[read.argmax(axis=1)]
        right = np.array([said[row] in GO_WITH[label] for row, label in enumerate(shown.labels)])
        yield f"{kind}.window.accuracy", float(right.mean()), "share"
        if kind == "many":
            continue
        first = np.array(labels)[shown.probabilities.mean(axis=1).argmax(axis=1)]
        asked = np.isin(first, list(GO_WITH))
        agrees = np.array([said[row] in GO_WITH.get(label, ()) for row, label in enumerate(first)])
        hits = first == shown.labels
        yield "window.asked", float(asked.mean()), "share"
        yield "window.agreement", float(agrees[asked].mean()), "share"
        yield "window.agreement_by_chance", chance(first[asked], said[asked]), "share"
        yield "window.first_right_where_agreed", float(hits[asked & agrees].mean()), "share"
        yield "window.first_right_where_not", float(hits[asked & ~agrees].mean()), "share"


def mixed(others: list[ImageArray], labels: npt.NDArray[np.str_]) -> ImageArray:
    """Return as many windows (n, WINDOW, h, w) in which each face is another person's with the same label."""
    random, faces = np.random.default_rng(0), np.stack(others)
    rows = [random.choice(np.flatnonzero(labels == label), WINDOW) for label in labels]
    return np.stack([faces[row, np.arange(WINDOW)] for row in rows])


def chance(first: npt.NDArray[np.str_], said: npt.NDArray[np.str_]) -> float:
    """Return how often words that were drawn apart would go together."""
    return float(np.mean([[other in GO_WITH[label] for other in said] for label in first]))


def clips(media: Path) -> dict[str, list[Path]]:
    """Return the real clips of one face each, by name; those of a list are shown one after the other."""
    actor = asset_path("clips/single_face.mp4").parent / "WolfgangLanger_Pexels.mp4"
    return {"actor": [actor], "signer": sorted((media / "signer").glob("*.mkv"))}


def track_of(paths: list[Path], pipeline: Pipeline) -> tuple[Values, Values]:
    """Return times (n,) and probabilities (n, 6) of the face in ``paths``, as one recording."""
    times_s: list[float] = []
    mixes, begin_s = [], 0.0
    for path in paths:
        seen = [each for part in pipeline.run(path) for each in part.observations if each.probabilities is not None]
        times_s += [begin_s + each.timestamp_s for each in seen]
        mixes += [each.probabilities for each in seen]
        begin_s = times_s[-1] + 1 / CLIP_FPS
    return np.array(times_s), np.array(mixes, np.float64)


def flicker(times_s: Values, mixes: Values, labels: tuple[str, ...]) -> Figures:
    """Yield how often the label of a real face changes a minute."""
    minutes = (times_s[-1] - times_s[0] + 1 / CLIP_FPS) / 60
    for name in ("raw", "smoothed", "state"):
        yield f"{name}.changes_a_minute", changes(named_by(times_s, mixes, labels, name)) / minutes, "1/min"


if __name__ == "__main__":
    main()
