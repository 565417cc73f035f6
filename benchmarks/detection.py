"""Recall and false faces of CenterFace, the pipeline's detector, on galleries with known boxes, and of two others.

    python -m benchmarks.detection --data ../shared/data

150 frames of 720p, 2 x 2 to 7 x 7 tiles, about 2,700 faces; sizes are heights of boxes, at an overlap of 0.4. Then
bowed and covered faces of the engagement set. Times are of one processor core; others are told as ratios in one run.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import cv2
import numpy as np

from benchmarks.galleries.bowed import HEIGHTS_PX, LEVELS, bowed_frames
from benchmarks.galleries.counting import LARGE, SMALL, Count
from benchmarks.galleries.frames import SIZE, gallery_frames, read_cast
from benchmarks.galleries.pairing import pairs_of
from benchmarks.galleries.tiles import KINDS
from benchmarks.galleries.truth import GalleryFrame
from benchmarks.record import record
from benchmarks.yunet import yunet
from inference.vision import runtime
from inference.vision.stages.detect import FaceDetector, overlaps
from inference.vision.stages.faces import GalleryFaceDetector
from inference.vision.types import Detection, FloatArray, ImageArray
from inference.vision.weights import asset_path

COMMAND = "python -m benchmarks.detection --data ../shared/data"
FRAMES = 150
OWN = USED = "pipeline"
YUNET = "weights/yunet_n_dynamic.onnx"
Finder = Callable[[ImageArray], FloatArray]
Figures = dict[str, tuple[float, str]]


def main() -> None:
    """Measure, print and record."""
    options = _options()
    one_thread()
    finders = {OWN: own(), "centerface": centerface(), "yunet": yunet(options.data.parent / YUNET, SIZE)}
    counts, spent_s = measure(gallery_frames(read_cast(options.data), options.frames), finders)
    figures = figures_of(counts, spent_s) | bowed_figures(options.data, finders)
    for key, (value, unit) in figures.items():
        print(f"{key:34} {value:>10} {unit}")
    print(dict(sorted(counts[OWN].there.items())))
    if options.frames == FRAMES:
        record(figures, command=COMMAND)


def measure(
    frames: Iterable[GalleryFrame], finders: Mapping[str, Finder]
) -> tuple[dict[str, Count], dict[str, list[float]]]:
    """Return each finder's count over all ``frames``, and the seconds of processor time that each frame took it."""
    counts, spent_s = {name: Count() for name in finders}, {name: [] for name in finders}  # type: ignore[var-annotated]
    for frame in frames:
        for name, find in finders.items():
            begun = time.process_time()
            boxes = find(frame.image_bgr)
            spent_s[name].append(time.process_time() - begun)
            counts[name].add(frame, boxes)
    return counts, spent_s


def figures_of(counts: Mapping[str, Count], spent_s: Mapping[str, list[float]]) -> Figures:
    """Return the rows for results.json: the pipeline's detector under ``detect.``, others under ``detect.<name>.``."""
    figures: Figures = {}
    for name, count in counts.items():
        prefix = prefix_of(name)
        figures[f"{prefix}false_per_frame"] = (round(count.false_per_frame, 3), "faces")
        for size in (LARGE, SMALL):
            figures[f"{prefix}recall_{size}"] = (round(count.recall(size), 4), "share")
            figures |= {
                f"{prefix}recall_{size}.{kind}": (round(count.recall(size, kind), 4), "share")
                for kind in KINDS
                if any(group == (size, kind) for group in count.there)
            }
    medians = {name: float(np.median(values)) for name, values in spent_s.items()}
    for name in (OWN, "yunet"):
        figures[f"{prefix_of(name)}time_over_centerface"] = (round(medians[name] / medians["centerface"], 2), "x")
    figures[f"{prefix_of(OWN)}ms_per_frame"] = (round(medians[OWN] * 1000, 1), "ms of a core")
    return figures


def bowed_figures(data: Path, finders: Mapping[str, Finder]) -> Figures:
    """Return the recall of bowed and covered faces by engagement level and height."""
    figures: Figures = {}
    for level in LEVELS:
        for height_px in HEIGHTS_PX:
            frames = list(bowed_frames(data, level, height_px))
            for name, find in finders.items():
                found = [len(pairs_of(overlaps(frame.boxes, find(frame.image_bgr)))) for frame in frames]
                share = sum(found) / sum(len(frame.faces) for frame in frames)
                figures[f"{prefix_of(name)}recall_bowed.level_{level}.{height_px}px"] = (round(share, 4), "share")
    return figures


def prefix_of(name: str) -> str:
    """Return what the keys of a detector's figures begin with: the pipeline's needs no name."""
    return "detect." if name == USED else f"detect.{name}."


def own() -> Finder:
    """Return the pipeline's detector."""
    return boxes_by(GalleryFaceDetector())


def centerface() -> Finder:
    """Return CenterFace as the pipeline uses it."""
    return boxes_by(FaceDetector(asset_path("weights/centerface.onnx")))


def boxes_by(detect: Callable[[ImageArray], list[Detection]]) -> Finder:
    """Return ``detect`` as a finder of boxes alone."""
    return lambda image: np.array([face.bbox_xyxy for face in detect(image)], np.float32).reshape(-1, 4)


def one_thread() -> None:
    """Let the CPU engine and OpenCV compute with one thread, so that processor time is what a frame costs."""
    runtime._core().set_property("CPU", {"INFERENCE_NUM_THREADS": 1})
    cv2.setNumThreads(1)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled data; media/ stands beside it")
    parser.add_argument("--frames", type=int, default=FRAMES, help="another number: nothing is recorded")
    return parser.parse_args()


if __name__ == "__main__":
    main()
