"""How well the tracker keeps people apart on composed recordings of galleries in which it is known who is where.

    python -m benchmarks.tracking --data ../shared/data

Three recordings of 4 minutes at 1 frame a second: see galleries/recordings.py. Each is followed three times: with
embeddings, as in mode ``individual``; without (``no_identity``), as in the others; and with the true boxes in place of
the detector's, without embeddings (``given_boxes``), which measures place and looks alone. ``--seed`` takes others.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from time import process_time

import cv2
import numpy as np

from benchmarks.galleries.frames import read_cast
from benchmarks.galleries.identity import Identity, Seen, identity_of
from benchmarks.galleries.recordings import DURATION_S, SEED, recordings
from benchmarks.galleries.truth import GalleryFrame
from benchmarks.record import record
from inference.vision.stages.embed import Embed, load_embedder
from inference.vision.stages.faces import GalleryFaceDetector
from inference.vision.stages.track import Tracker
from inference.vision.types import Detection, FloatArray, ImageArray

COMMAND = "python -m benchmarks.tracking --data ../shared/data"
WITH, WITHOUT, GIVEN = "", ".no_identity", ".given_boxes"
CROWD = "one_backdrop"
"""The recording with 25 faces in 720p, on which time is measured."""
Figures = dict[str, tuple[float, str]]


@dataclass(slots=True)
class Clock:
    """Processor seconds of all threads, and how often; an embedder that is timed."""

    embed: Embed | None = None
    busy_s: float = 0.0
    count: int = 0
    detect_s: float = 0.0
    update_s: list[float] = field(default_factory=list)

    def __call__(self, faces: Sequence[tuple[ImageArray, FloatArray]]) -> FloatArray:
        assert self.embed is not None  # noqa: S101
        start_s = process_time()
        found = self.embed(faces)
        self.busy_s, self.count = self.busy_s + process_time() - start_s, self.count + len(faces)
        return found


def main() -> None:
    """Measure, print and record."""
    options = _options()
    cv2.setNumThreads(1)
    detect, embed = GalleryFaceDetector(), load_embedder("cpu")
    found: dict[str, dict[str, Identity]] = {}
    clocks: dict[str, dict[str, Clock]] = {}
    for recording in recordings(read_cast(options.data), options.seconds, options.seed):
        clocks[recording.name] = {WITH: Clock(embed), WITHOUT: Clock(), GIVEN: Clock()}
        found[recording.name] = followed(recording.frames(), detect, clocks[recording.name])
        for name, identity in found[recording.name].items():
            print(f"{recording.name + name:28} IDF1 {identity.idf1:.4f} {identity}", flush=True)
    figures = figures_of(found) | speed_of(clocks[CROWD])
    for key, (value, unit) in figures.items():
        print(f"{key:40} {value} {unit}")
    if options.seconds == DURATION_S and options.seed == SEED:
        record(figures, command=COMMAND)


def followed(
    frames: Iterable[GalleryFrame], detect: Callable[[ImageArray], list[Detection]], clocks: Mapping[str, Clock]
) -> dict[str, Identity]:
    """Return the figures of one recording's ``frames`` for each way to follow it."""
    trackers = {name: Tracker(embed=clock if clock.embed else None) for name, clock in clocks.items()}
    seen: dict[str, list[Seen]] = {name: [] for name in clocks}
    for frame in frames:
        people = [face.person for face in frame.faces]
        start_s = process_time()
        detected = detect(frame.image_bgr)
        clocks[WITH].detect_s += process_time() - start_s
        for name, tracker in trackers.items():
            given = true_faces(frame) if name == GIVEN else detected
            start_s = process_time()
            faces = tracker.update(frame.image_bgr, frame.timestamp_s, given)
            clocks[name].update_s.append(process_time() - start_s)
            boxes = np.array([face.detection.bbox_xyxy for face in faces], np.float32).reshape(-1, 4)
            seen[name].append(Seen(people, frame.boxes, [face.track_number for face in faces], boxes))
    return {name: identity_of(rows) for name, rows in seen.items()}


def true_faces(frame: GalleryFrame) -> list[Detection]:
    """Return the frame's true faces as if they had been found, without landmarks."""
    return [Detection(box, np.zeros((5, 2), np.float32), 1.0) for box in frame.boxes]


def figures_of(found: Mapping[str, Mapping[str, Identity]]) -> Figures:
    """Return the rows for results.json: over all recordings, and for each; ``found`` by recording and way."""
    figures: Figures = {}
    for way in (WITH, WITHOUT, GIVEN):
        each = {f".{name}": identities[way] for name, identities in found.items()}
        for name, identity in {"": _sum(each.values()), **each}.items():
            before, after = ("track", f"{name}{way}") if way == GIVEN else (f"track{way}", name)
            figures[f"{before}.idf1{after}"] = (round(identity.idf1, 4), "share")
            figures[f"{before}.switches{after}"] = (identity.switches, "switches")
            figures[f"{before}.mix_ups{after}"] = (identity.mix_ups, "mix-ups")
    return figures


def speed_of(clocks: Mapping[str, Clock]) -> Figures:
    """Return the rows of time with 25 faces: processor milliseconds a frame, and as a share of the detector's."""
    figures: Figures = {}
    frames = len(clocks[WITH].update_s)
    for way in (WITH, WITHOUT):
        busy_s = sum(clocks[way].update_s)
        figures[f"track{way}.ms_per_frame"] = (round(busy_s / frames * 1e3, 2), "ms")
        figures[f"track{way}.share_of_detection"] = (round(busy_s / clocks[WITH].detect_s, 3), "share")
    figures["track.embeddings_per_frame"] = (round(clocks[WITH].count / frames, 2), "faces")
    figures["track.embedding_ms_per_frame"] = (round(clocks[WITH].busy_s / frames * 1e3, 2), "ms")
    return figures


def _sum(identities: Iterable[Identity]) -> Identity:
    first, *others = identities
    for other in others:
        first += other
    return first


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled data; media/ stands beside it")
    parser.add_argument("--seconds", type=float, default=DURATION_S, help="another length: nothing is recorded")
    parser.add_argument("--seed", type=int, default=SEED, help="other people and orders: nothing is recorded")
    return parser.parse_args()


if __name__ == "__main__":
    main()
