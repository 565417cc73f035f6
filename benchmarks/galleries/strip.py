"""One picture of a gallery before and after its tiles are shuffled, with track numbers: for docs/models/tracking.md.

    python -m benchmarks.galleries.strip docs/models/tracking.png --data ../shared/data

Faces are coarse mosaics: nobody's likeness is published.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable
from pathlib import Path

import cv2
import numpy as np

from benchmarks.galleries.frames import read_cast
from benchmarks.galleries.overlays import FONT, WHITE
from benchmarks.galleries.recordings import SHUFFLE_S, recordings
from benchmarks.galleries.truth import GalleryFrame
from inference.vision.stages.faces import GalleryFaceDetector
from inference.vision.stages.track import Tracker
from inference.vision.types import ImageArray, TrackedFace

RECORDING = "one_backdrop"
SIZE = (608, 342)
MOSAIC_CELLS, GAP_PX = 6, 10


def main() -> None:
    """Write it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("picture", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    options = parser.parse_args()
    wanted = next(one for one in recordings(read_cast(options.data)) if one.name == RECORDING)
    around = (frame for frame in wanted.frames() if SHUFFLE_S - 5 <= frame.timestamp_s <= SHUFFLE_S)
    before, after = followed(around)[-2:]
    gap = np.full((GAP_PX, SIZE[0], 3), 255, np.uint8)
    cv2.imwrite(str(options.picture), np.vstack([before, gap, after]), [cv2.IMWRITE_PNG_COMPRESSION, 9])


def followed(frames: Iterable[GalleryFrame]) -> list[ImageArray]:
    """Return the frames with the numbers of a tracker without embeddings."""
    detect, tracker = GalleryFaceDetector(), Tracker()
    return [
        marked(frame.image_bgr, tracker.update(frame.image_bgr, frame.timestamp_s, detect(frame.image_bgr)))
        for frame in frames
    ]


def marked(image_bgr: ImageArray, faces: Iterable[TrackedFace]) -> ImageArray:
    """Return the picture at ``SIZE`` with each face a mosaic and its number beside it."""
    calm = np.asarray(cv2.medianBlur(image_bgr, 5), np.uint8)
    faces = list(faces)
    for face in faces:
        _hide(calm, face)
    small = np.asarray(cv2.resize(calm, SIZE, interpolation=cv2.INTER_AREA), np.uint8)
    small = small // 8 * 8 + 4
    for face in faces:
        box = face.detection.bbox_xyxy * np.float32(SIZE[0] / image_bgr.shape[1])
        _write(small, face.track_number, (round(float(box[2])) + 16, round(float(box[1])) + 6))
    return small


def _hide(image: ImageArray, face: TrackedFace) -> None:
    left, top, right, bottom = (max(round(float(edge)), 0) for edge in face.detection.bbox_xyxy)
    region = image[top:bottom, left:right]
    cells = cv2.resize(region, (MOSAIC_CELLS, MOSAIC_CELLS), interpolation=cv2.INTER_AREA)
    region[:] = cv2.resize(cells, (region.shape[1], region.shape[0]), interpolation=cv2.INTER_NEAREST)


def _write(image: ImageArray, number: int, centre: tuple[int, int]) -> None:
    hue = np.array([[[number * 67 % 180, 200, 150]]], np.uint8)
    colour = tuple(int(value) for value in cv2.cvtColor(hue, cv2.COLOR_HSV2BGR)[0, 0])
    (wide, tall), _ = cv2.getTextSize(str(number), FONT, 0.45, 1)
    cv2.circle(image, centre, 12, colour, cv2.FILLED, cv2.LINE_AA)
    corner = centre[0] - wide // 2, centre[1] + tall // 2
    cv2.putText(image, str(number), corner, FONT, 0.45, WHITE, 1, cv2.LINE_AA)


if __name__ == "__main__":
    main()
