"""YuNet (Wu et al. 2023, 10.1007/s11633-023-1423-y) on the CPU engine, to compare the pipeline's detector with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np

from inference.vision.runtime import load_file
from inference.vision.stages.detect import MAX_OVERLAP, MIN_SCORE, suppress
from inference.vision.types import FloatArray, ImageArray

STRIDES = (8, 16, 32)
# Face or not, box is good or not, and the box itself; the landmarks that follow are not needed.
CLASSES, OBJECTS, BOXES = slice(0, 3), slice(3, 6), slice(6, 9)


def yunet(path: Path, size: tuple[int, int]) -> Callable[[ImageArray], FloatArray]:
    """Return a finder of boxes (n, 4) in frames of ``size`` (width, height), at the pipeline's least score."""
    width, height = (side + -side % STRIDES[-1] for side in size)
    network = load_file(path, input_shape=(1, 3, height, width))

    def find(image_bgr: ImageArray) -> FloatArray:
        below, right = height - image_bgr.shape[0], width - image_bgr.shape[1]
        padded = cv2.copyMakeBorder(image_bgr, 0, below, 0, right, cv2.BORDER_CONSTANT)
        maps = network(np.asarray(cv2.dnn.blobFromImage(padded), np.float32))
        boxes, scores = decode(maps, width)
        return boxes[suppress(boxes, scores, max_overlap=MAX_OVERLAP)]

    return find


def decode(maps: tuple[FloatArray, ...], width: int) -> tuple[FloatArray, FloatArray]:
    """Return boxes (n, 4) and scores (n,) of the network's outputs for an input that is ``width`` pixels wide."""
    levels = zip(STRIDES, maps[CLASSES], maps[OBJECTS], maps[BOXES], strict=True)
    found = [_level(stride, face[0, :, 0], good[0, :, 0], box[0], width) for stride, face, good, box in levels]
    return np.concatenate([boxes for boxes, _ in found]), np.concatenate([scores for _, scores in found])


def _level(
    stride: int, face: FloatArray, good: FloatArray, box: FloatArray, width: int
) -> tuple[FloatArray, FloatArray]:
    scores = np.sqrt(np.clip(face, 0, 1) * np.clip(good, 0, 1))
    cells = np.flatnonzero(scores > MIN_SCORE)
    at = np.stack([cells % (width // stride), cells // (width // stride)], axis=1)
    centre, half = (at + box[cells, :2]) * stride, np.exp(box[cells, 2:]) * stride / 2
    return np.concatenate([centre - half, centre + half], axis=1).astype(np.float32), scores[cells].astype(np.float32)
