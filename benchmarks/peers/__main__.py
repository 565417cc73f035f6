"""Times Lectern and its peers on one recording, and counts the faces that each finds on galleries with known boxes.

    python -m benchmarks.peers.install
    python -m benchmarks.peers --data ../shared/data            about four minutes on two cores
    python -m benchmarks.peers --data ../shared/data --quick    5 s of recording, 6 stills, nothing recorded

The recording is a gallery of 25 faces in 720p, sampled once a second. Every program opens its networks and reads one
frame before its clock starts, then reads the whole file. All take turns, and a ratio is the median of the rounds, so
that what else the machine does slows all alike. Every round is recorded when it ends.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from benchmarks.galleries.counting import LARGE, SMALL, Count
from benchmarks.galleries.truth import GalleryFrame
from benchmarks.peers.material import SAMPLE_FPS, write_material
from benchmarks.peers.programs import Answer, ask, programs
from benchmarks.record import record

COMMAND = "python -m benchmarks.peers --data ../shared/data"
SECONDS, STILLS, ROUNDS = 10, 12, 3
Figures = dict[str, tuple[float, str]]
Round = tuple[Answer, Answer]


def main() -> None:
    """Measure, print and record."""
    options = _options()
    seconds, stills, rounds = (5, 6, 1) if options.quick else (options.seconds, options.stills, options.rounds)
    facts = {"seconds": seconds, "stills": stills}
    with tempfile.TemporaryDirectory() as name:
        frames = write_material(Path(name), data=options.data, seconds=seconds, stills=stills)
        for number, figures in enumerate(
            measure(Path(name), options.data.parent / "weights", frames, rounds=rounds, seconds=seconds), start=1
        ):
            print(*(f"{key:34} {value:>10} {unit}" for key, (value, unit) in figures.items()), sep="\n", flush=True)
            if not options.quick:
                record(figures, command=COMMAND, more={key: facts | {"rounds": number} for key in figures})


def measure(
    folder: Path, weights: Path, frames: Sequence[GalleryFrame], *, rounds: int, seconds: float
) -> Iterator[Figures]:
    """Yield the rows for results.json of all programs on the material in ``folder``, anew after every round."""
    answers: dict[str, list[Answer]] = defaultdict(list)
    for stills in (len(frames), *[0] * (rounds - 1)):
        for name, program in programs(weights).items():
            answers[name].append(ask(program, folder, stills=stills))
        yield figures_of(answers, frames, seconds=seconds)


def figures_of(answers: Mapping[str, Sequence[Answer]], frames: Sequence[GalleryFrame], *, seconds: float) -> Figures:
    """Return the rows of what all programs answered so far."""
    figures: Figures = {}
    for name, given in answers.items():
        figures |= faces_of(name, frames, given[0])
        if name != "lectern":
            figures |= ratios_of(name, list(zip(answers["lectern"], given, strict=True)), seconds=seconds)
    return figures


def ratios_of(name: str, rounds: Sequence[Round], *, seconds: float) -> Figures:
    """Return how many times faster Lectern was by the clock and by processor time: medians of the ``rounds``."""
    wall = statistics.median(peer.wall_s / ours.wall_s for ours, peer in rounds)
    processor = statistics.median(peer.processor_s / ours.processor_s for ours, peer in rounds)
    frames = seconds * SAMPLE_FPS
    return {
        f"peer.{name}.ratio": (round(wall, 1), "x"),
        f"peer.{name}.processor_ratio": (round(processor, 1), "x"),
        f"peer.{name}.x_realtime": (round(seconds / statistics.median(peer.wall_s for _, peer in rounds), 2), "x"),
        f"peer.{name}.faces_of_25": (round(rounds[0][1].faces / frames, 1), "faces"),
    }


def faces_of(name: str, frames: Sequence[GalleryFrame], answer: Answer) -> Figures:
    """Return the share of the stills' faces that a program found, of all from 20 px and by size, and false ones."""
    count = Count()
    for frame, boxes in zip(frames, answer.stills, strict=True):
        count.add(frame, np.array(boxes, np.float32).reshape(-1, 4))
    return {
        f"peer.{name}.recall": (round(overall(count.found, count.there), 4), "share"),
        **{f"peer.{name}.recall_{size}": (round(count.recall(size), 4), "share") for size in (LARGE, SMALL)},
        f"peer.{name}.false_per_frame": (round(count.false_per_frame, 3), "faces"),
    }


def overall(found: Mapping[tuple[str, str], int], there: Mapping[tuple[str, str], int]) -> float:
    """Return the share found of all sizes and kinds."""
    return sum(found.values()) / sum(there.values())


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled data; weights/ beside it")
    parser.add_argument("--quick", action="store_true", help="a short try, nothing recorded")
    parser.add_argument("--seconds", type=int, default=SECONDS, help="length of the recording")
    parser.add_argument("--stills", type=int, default=STILLS, help="how many still frames")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="how often all are timed")
    return parser.parse_args()


if __name__ == "__main__":
    main()
