"""Writes composed frames with their truth drawn in, to be looked at: ``python -m benchmarks.galleries FOLDER``."""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2

from benchmarks.galleries.frames import gallery_frames, read_cast
from benchmarks.galleries.truth import GalleryFrame
from inference.vision.types import ImageArray

GREEN = (60, 230, 60)


def main() -> None:
    """Write them."""
    options = _options()
    options.folder.mkdir(parents=True, exist_ok=True)
    for number, frame in enumerate(gallery_frames(read_cast(options.data), options.count)):
        cv2.imwrite(str(options.folder / f"{number:03d}.png"), marked(frame))


def marked(frame: GalleryFrame) -> ImageArray:
    """Return the picture with each face's box and kind."""
    image = frame.image_bgr.copy()
    for face in frame.faces:
        left, top, right, bottom = (round(float(edge)) for edge in face.bbox_xyxy)
        cv2.rectangle(image, (left, top), (right, bottom), GREEN, 1)
        cv2.putText(image, face.kind, (left, top - 2), cv2.FONT_HERSHEY_SIMPLEX, 0.35, GREEN, 1, cv2.LINE_AA)
    return image


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--count", type=int, default=6)
    return parser.parse_args()


if __name__ == "__main__":
    main()
