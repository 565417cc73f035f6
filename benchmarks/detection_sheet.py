"""One picture of a composed gallery with what is true and what was found: docs/models/detection.png.

    python -m benchmarks.detection_sheet --data ../shared/data

Faces are made coarse after they were searched: nobody's likeness is published.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import cv2
import numpy as np

from benchmarks.detection import Finder, own
from benchmarks.galleries.frames import gallery_frame, read_cast
from benchmarks.galleries.truth import GalleryFrame
from inference.vision.types import FloatArray, ImageArray

PATH = Path("docs/models/detection.png")
SIDE, SEED = 4, (77, 3)
TRUE_BGR, FOUND_BGR = (60, 230, 60), (40, 140, 255)
COARSE, WIDTH_PX, LEVELS = 6, 800, 16


def main() -> None:
    """Compose, search, draw and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled data")
    frame = gallery_frame(read_cast(parser.parse_args().data), SIDE, np.random.default_rng(SEED))
    cv2.imwrite(str(PATH), sheet(frame, own()), [cv2.IMWRITE_PNG_COMPRESSION, 9])


def sheet(frame: GalleryFrame, find: Finder) -> ImageArray:
    """Return the frame, smaller, with true boxes in green and found ones in orange."""
    found = find(frame.image_bgr)
    image = frame.image_bgr.copy()
    for face in frame.faces:
        _coarsen(image, face.bbox_xyxy)
    scale = WIDTH_PX / image.shape[1]
    image = np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)
    image = np.asarray(image // LEVELS * LEVELS + LEVELS // 2, np.uint8)
    for boxes, colour in ((frame.boxes, TRUE_BGR), (found, FOUND_BGR)):
        for left, top, right, bottom in np.round(boxes * scale).astype(int).tolist():
            cv2.rectangle(image, (left, top), (right, bottom), colour, 1)
    return image


def _coarsen(image: ImageArray, box: FloatArray) -> None:
    """Make the face in ``box`` a few flat squares."""
    left, top, right, bottom = (max(int(edge), 0) for edge in box)
    face = image[top:bottom, left:right]
    small = cv2.resize(face, (COARSE, COARSE + 2), interpolation=cv2.INTER_AREA)
    image[top:bottom, left:right] = cv2.resize(small, face.shape[1::-1], interpolation=cv2.INTER_NEAREST)


if __name__ == "__main__":
    main()
