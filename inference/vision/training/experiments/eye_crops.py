"""Eyes cut out of whole faces by the landmarker's points, open or closed as its blink value says."""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np

from inference.vision.training.datasets import Source
from inference.vision.training.protocols import TEST
from inference.vision.training.samples import Samples
from inference.vision.training.sets.eyes import NAMES
from inference.vision.training.teachers import BLENDSHAPES, LEFT_EYE_CORNERS, RIGHT_EYE_CORNERS, Reading
from inference.vision.types import FloatArray, ImageArray

SIDE_PER_WIDTH = 1.6  # the set of eyes frames them so: about two thirds of the side from corner to corner
SIDE_PX = 64
OPEN_BELOW, CLOSED_ABOVE = 0.25, 0.6  # blink values between them say neither


def eyes_of(source: Source, reading: Reading, *, step: int) -> Samples:
    """Return both eyes of every ``step``-th face of ``source`` that has clearly open or clearly closed ones."""
    found = list(_eyes(source, reading, step))
    truth = np.array([is_open for _, is_open, _ in found], np.int64)
    people = np.array([source.people[row] for _, _, row in found])
    images = np.stack([image for image, _, _ in found])
    splits, sources = np.full(len(found), TEST), np.full(len(found), source.name)
    return Samples(images, np.eye(2, dtype=np.float32)[truth], truth, people, splits, sources, NAMES)


def eye_crop(image: ImageArray, corners: FloatArray) -> ImageArray:
    """Return the gray square (SIDE_PX, SIDE_PX) around the eye with ``corners`` (2, 2) in the gray ``image``."""
    across = corners[1] - corners[0]
    scale = SIDE_PX / (SIDE_PER_WIDTH * max(float(np.hypot(*across)), 1.0))
    turn_deg = float(np.degrees(np.arctan2(across[1], across[0])))
    centre = corners.mean(axis=0)
    matrix = cv2.getRotationMatrix2D((float(centre[0]), float(centre[1])), turn_deg, scale)
    matrix[:, 2] += SIDE_PX / 2 - centre
    crop = cv2.warpAffine(image, matrix, (SIDE_PX, SIDE_PX), borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(crop, np.uint8)


def _eyes(source: Source, reading: Reading, step: int) -> Iterator[tuple[ImageArray, bool, int]]:
    blinks = reading.shapes[:, BLENDSHAPES["eye_blink"]]
    for row in range(0, len(source.images), step):
        blink = blinks[row]
        is_clear = reading.presence[row] > 0 and (blink.max() < OPEN_BELOW or blink.min() > CLOSED_ABOVE)
        if is_clear:
            for corners in (RIGHT_EYE_CORNERS, LEFT_EYE_CORNERS):
                points = reading.points[row, corners, :2]
                yield eye_crop(source.images[row], points), bool(blink.max() < OPEN_BELOW), row
