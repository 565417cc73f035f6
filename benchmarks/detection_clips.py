"""Real clips: which faces that CenterFace or YuNet finds the pipeline's detector misses, and what it finds beside them.

    python -m benchmarks.detection_clips --data ../shared/data

Nobody marked these clips: what only one detector finds is written to ``--out``, to be looked at.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path

import cv2
import numpy as np

from benchmarks.detection import YUNET, Finder, centerface, one_thread, own
from benchmarks.galleries.pairing import pairs_of
from benchmarks.yunet import yunet
from inference.vision.stages.detect import overlaps
from inference.vision.types import FloatArray, ImageArray
from inference.vision.weights import asset_path

CLIPS = (
    ("media/street_crowd_1080p.mp4", 10),
    ("media/zoom_gallery_2x2.mp4", 8),
    ("media/signer/thanks.mkv", 15),
    ("media/signer/yes.mkv", 15),
    ("clips/WolfgangLanger_Pexels.mp4", 40),
    ("clips/single_face.mp4", 15),
    ("clips/face_noface.mov", 25),
    ("clips/no_face.mp4", 20),
)
"""Each clip, and how many of its pictures pass between two that are searched."""
MIN_HEIGHT_PX, CELL_PX, COLUMNS = 16.0, 120, 10
Cells = list[ImageArray]


def main() -> None:
    """Search, count, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled data; media/ stands beside it")
    parser.add_argument("--out", type=Path, help="a PNG of what only one of them finds")
    options = parser.parse_args()
    one_thread()
    cells: Cells = []
    for name, every in CLIPS:
        path = options.data.parent / name if name.startswith("media/") else asset_path(name)
        print(f"{name:36} {dict(compare(path, every, options.data.parent / YUNET, cells))}")
    if options.out and cells:
        cv2.imwrite(str(options.out), sheet(cells))


def compare(path: Path, every: int, weights: Path, cells: Cells) -> Counter[str]:
    """Return how many faces both, only the others and only ours find; what only one side finds goes to ``cells``."""
    counts: Counter[str] = Counter()
    finders: Mapping[str, Finder] = {}
    for image in pictures(path, every):
        size = image.shape[1], image.shape[0]
        finders = finders or {"own": own(), "centerface": centerface(), "yunet": yunet(weights, size)}
        found = {name: _tall(find(image)) for name, find in finders.items()}
        others = _joined(found["centerface"], found["yunet"])
        pairs = pairs_of(overlaps(others, found["own"]))
        counts += Counter(frames=1, both=len(pairs))
        for name, boxes, paired in (("missed", others, pairs[:, 0]), ("more", found["own"], pairs[:, 1])):
            alone = [boxes[row] for row in range(len(boxes)) if row not in paired]
            counts[name] += len(alone)
            cells += [_cell(image, box, f"{path.stem[:8]} {name}") for box in alone]
    return counts


def pictures(path: Path, every: int) -> Iterator[ImageArray]:
    """Yield every so-manieth picture of a clip."""
    clip, number = cv2.VideoCapture(str(path)), 0
    while clip.grab():
        if number % every == 0:
            yield np.asarray(clip.retrieve()[1], np.uint8)
        number += 1
    clip.release()


def sheet(cells: Cells) -> ImageArray:
    """Return the cells in rows."""
    full = cells + [np.zeros_like(cells[0])] * (-len(cells) % COLUMNS)
    return np.vstack([np.hstack(full[start : start + COLUMNS]) for start in range(0, len(full), COLUMNS)])


def _joined(left: FloatArray, right: FloatArray) -> FloatArray:
    """Return the boxes of both, those on one face once."""
    again = pairs_of(overlaps(left, right))[:, 1]
    return np.concatenate([left, np.delete(right, again, axis=0)])


def _tall(boxes: FloatArray) -> FloatArray:
    return boxes[boxes[:, 3] - boxes[:, 1] >= MIN_HEIGHT_PX]


def _cell(image: ImageArray, box: FloatArray, text: str) -> ImageArray:
    side = 1.6 * float(max(box[2] - box[0], box[3] - box[1]))
    middle = (box[:2] + box[2:]) / 2
    matrix = np.array([[1, 0, side / 2 - middle[0]], [0, 1, side / 2 - middle[1]]], np.float32)
    cut = cv2.warpAffine(image, matrix, (round(side), round(side)))
    cell = np.asarray(cv2.resize(cut, (CELL_PX, CELL_PX), interpolation=cv2.INTER_AREA), np.uint8)
    cv2.putText(cell, text, (2, 12), cv2.FONT_HERSHEY_SIMPLEX, 0.35, (0, 0, 255), 1, cv2.LINE_AA)
    return cell


if __name__ == "__main__":
    main()
