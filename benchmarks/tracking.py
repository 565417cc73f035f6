"""How well the tracker keeps people apart on composed recordings of galleries in which it is known who is where.

    python -m benchmarks.tracking --data ../shared/data

Three recordings of 4 minutes at 1 frame a second: see galleries/recordings.py. Once with the faces that the
detector finds, once (``.given_boxes``) with the true ones, which measures the tracker alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import cv2
import numpy as np

from benchmarks.galleries.frames import read_cast
from benchmarks.galleries.identity import Identity, Seen, identity_of
from benchmarks.galleries.recordings import DURATION_S, recordings
from benchmarks.galleries.truth import GalleryFrame
from benchmarks.record import record
from inference.vision.stages.detect import FaceDetector
from inference.vision.stages.track import Tracker
from inference.vision.types import Detection
from inference.vision.weights import asset_path

COMMAND = "python -m benchmarks.tracking --data ../shared/data"
DETECTED, GIVEN = "", ".given_boxes"
Finder = Callable[[GalleryFrame], list[Detection]]
Figures = dict[str, tuple[float, str]]


def main() -> None:
    """Measure, print and record."""
    options = _options()
    cv2.setNumThreads(1)
    detect = FaceDetector(asset_path("weights/centerface.onnx"))
    finders: dict[str, Finder] = {GIVEN: true_faces}
    if not options.given_boxes:
        finders[DETECTED] = lambda frame: detect(frame.image_bgr)
    found: dict[str, dict[str, Identity]] = {}
    for recording in recordings(read_cast(options.data), options.seconds):
        found[recording.name] = followed(recording.frames(), finders)
        for name, identity in found[recording.name].items():
            print(f"{recording.name + name:28} IDF1 {identity.idf1:.4f} {identity}", flush=True)
    if options.seconds == DURATION_S and not options.given_boxes:
        record(figures_of(found), command=COMMAND)


def followed(frames: Iterable[GalleryFrame], finders: Mapping[str, Finder]) -> dict[str, Identity]:
    """Return the figures of one recording's ``frames`` for the faces of each finder, a tracker for each."""
    trackers = {name: Tracker() for name in finders}
    seen: dict[str, list[Seen]] = {name: [] for name in finders}
    for frame in frames:
        people = [face.person for face in frame.faces]
        for name, find in finders.items():
            faces = trackers[name].update(frame.image_bgr, frame.timestamp_s, find(frame))
            boxes = np.array([face.detection.bbox_xyxy for face in faces], np.float32).reshape(-1, 4)
            seen[name].append(Seen(people, frame.boxes, [face.track_number for face in faces], boxes))
    return {name: identity_of(rows) for name, rows in seen.items()}


def true_faces(frame: GalleryFrame) -> list[Detection]:
    """Return the frame's true faces as if they had been found."""
    return [Detection(box, np.zeros((5, 2), np.float32), 1.0) for box in frame.boxes]


def figures_of(found: Mapping[str, Mapping[str, Identity]]) -> Figures:
    """Return the rows for results.json: over all recordings, and for each; ``found`` by recording and finder."""
    figures: Figures = {}
    for finder in (DETECTED, GIVEN):
        each = {f".{name}": identities[finder] for name, identities in found.items()}
        for name, identity in {"": _sum(each.values()), **each}.items():
            figures[f"track.idf1{name}{finder}"] = (round(identity.idf1, 4), "share")
            figures[f"track.switches{name}{finder}"] = (identity.switches, "switches")
            figures[f"track.mix_ups{name}{finder}"] = (identity.mix_ups, "mix-ups")
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
    parser.add_argument("--given-boxes", action="store_true", help="the tracker alone: nothing is recorded")
    return parser.parse_args()


if __name__ == "__main__":
    main()
