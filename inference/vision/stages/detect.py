"""Faces in whole frames: CenterFace (Xu et al. 2020, arXiv 1911.03599) on the CPU engine."""

from __future__ import annotations

import math
from functools import lru_cache, partial
from pathlib import Path
from typing import cast

import cv2
import numpy as np

from inference.vision.runtime import Network, load_file
from inference.vision.types import Detection, FloatArray, ImageArray

MIN_SCORE = 0.5
MAX_OVERLAP = 0.3
MIN_SIDE_PX = 12.0
STRIDE_PX = 4
SIZE_STEP_PX = 32
# 100 % recall of faces of 30 px and more in a 720p gallery; 640 x 360 keeps 94.5 %.
MAX_AREA_PX = 960 * 540
MAX_SHAPES = 4


class FaceDetector:
    """Finds faces of at least ``min_score``; the networks of the last ``MAX_SHAPES`` frame sizes stay compiled.

    A frame is searched at no more than ``max_area_px``.
    """

    def __init__(self, path: Path, *, min_score: float = MIN_SCORE, max_area_px: int = MAX_AREA_PX) -> None:
        self._min_score = min_score
        self._max_area_px = max_area_px
        self._network = lru_cache(MAX_SHAPES)(partial(_compiled, path))

    def __call__(self, image_bgr: ImageArray) -> list[Detection]:
        """Return the faces of one frame, best first, in its own pixels."""
        scale = detection_scale(image_bgr.shape[1], image_bgr.shape[0], self._max_area_px)
        pixels = to_pixels(image_bgr, scale)
        heat, sizes, offsets, points = self._network(pixels.shape[2], pixels.shape[1])(pixels)
        boxes, landmarks, scores = decode(heat[0, 0], sizes[0], offsets[0], points[0], min_score=self._min_score)
        kept = suppress(boxes, scores, max_overlap=MAX_OVERLAP)
        return [
            Detection(_clip(boxes[i] / scale, image_bgr), (landmarks[i] / scale).astype(np.float32), float(scores[i]))
            for i in kept
            if _smaller_side(boxes[i]) / scale >= MIN_SIDE_PX
        ]


def _compiled(path: Path, width: int, height: int) -> Network:
    return load_file(path, input_shape=(1, 3, height, width), takes_pixels=True, white=255.0)


def detection_scale(width: int, height: int, max_area_px: int = MAX_AREA_PX) -> float:
    """Return the factor at which a frame is searched: at most ``max_area_px``, never enlarged."""
    return min(1.0, math.sqrt(max_area_px / (width * height)))


def to_pixels(image_bgr: ImageArray, scale: float) -> ImageArray:
    """Return the network's input (1, h, w, 3): BGR bytes, scaled, filled up with black to whole steps."""
    if scale < 1:
        # Averaging costs ten times as much as interpolation and only helps where pixels would be skipped.
        method = cv2.INTER_AREA if scale <= 0.5 else cv2.INTER_LINEAR
        image_bgr = cast("ImageArray", cv2.resize(image_bgr, None, fx=scale, fy=scale, interpolation=method))
    height, width = image_bgr.shape[:2]
    below, right = -height % SIZE_STEP_PX, -width % SIZE_STEP_PX
    return cast("ImageArray", cv2.copyMakeBorder(image_bgr, 0, below, 0, right, cv2.BORDER_CONSTANT))[None]


def decode(
    heat: FloatArray, sizes: FloatArray, offsets: FloatArray, points: FloatArray, *, min_score: float
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Turn the network's maps into boxes (n, 4), landmarks (n, 5, 2) and scores (n,), in pixels of its input.

    ``heat`` (h, w); ``sizes`` (2, h, w) log height and width in strides; ``offsets`` (2, h, w) y, x; ``points``
    (10, h, w) alternating y, x in units of the box.
    """
    rows, columns = np.nonzero(heat > min_score)
    heights, widths = np.exp(sizes[:, rows, columns]) * STRIDE_PX
    centre_y = (rows + offsets[0, rows, columns] + 0.5) * STRIDE_PX
    centre_x = (columns + offsets[1, rows, columns] + 0.5) * STRIDE_PX
    left, top = centre_x - widths / 2, centre_y - heights / 2
    boxes = np.stack([left, top, left + widths, top + heights], axis=1)
    y = points[0::2, rows, columns] * heights + top
    x = points[1::2, rows, columns] * widths + left
    landmarks = np.stack([x.T, y.T], axis=2)
    return boxes.astype(np.float32), landmarks.astype(np.float32), heat[rows, columns]


def suppress(boxes: FloatArray, scores: FloatArray, *, max_overlap: float) -> list[int]:
    """Return the indices of the best boxes, best first, none overlapping a better one by more than ``max_overlap``."""
    order = np.argsort(-scores, kind="stable")
    kept: list[int] = []
    while len(order):
        best, order = int(order[0]), order[1:]
        kept.append(best)
        order = order[overlaps(boxes[best : best + 1], boxes[order])[0] <= max_overlap]
    return kept


def overlaps(left: FloatArray, right: FloatArray) -> FloatArray:
    """Return the intersection over union (n, m) of boxes (n, 4) and (m, 4)."""
    top_left = np.maximum(left[:, None, :2], right[None, :, :2])
    bottom_right = np.minimum(left[:, None, 2:], right[None, :, 2:])
    shared = np.prod(np.clip(bottom_right - top_left, 0, None), axis=2)
    union = _areas(left)[:, None] + _areas(right)[None] - shared
    return cast("FloatArray", (shared / np.maximum(union, 1e-9)).astype(np.float32))


def _areas(boxes: FloatArray) -> FloatArray:
    return cast("FloatArray", np.prod(boxes[:, 2:] - boxes[:, :2], axis=1))


def _smaller_side(box: FloatArray) -> float:
    return float(min(box[2] - box[0], box[3] - box[1]))


def _clip(box: FloatArray, image_bgr: ImageArray) -> FloatArray:
    height, width = image_bgr.shape[:2]
    return np.clip(box, 0, np.array([width, height, width, height], np.float32)).astype(np.float32)
