"""Faces brought to one place and size: a similarity transform of the five landmarks onto a card's template."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np

from inference.vision.types import FloatArray, ImageArray


def similarity(source: FloatArray, target: FloatArray) -> FloatArray:
    """Return the 2x3 matrix of the least-squares similarity that takes points ``source`` (n, 2) to ``target`` (n, 2).

    Umeyama 1991, with rotation and one scale, without reflection.
    """
    source_mean, target_mean = source.mean(axis=0), target.mean(axis=0)
    x, y = (source - source_mean).astype(np.float64).T
    u, v = (target - target_mean).astype(np.float64).T
    spread = max(float((x * x + y * y).sum()), 1e-12)
    a, b = float((x * u + y * v).sum()) / spread, float((x * v - y * u).sum()) / spread
    turn = np.array([[a, -b], [b, a]])
    shift = target_mean - turn @ source_mean
    return np.column_stack([turn, shift]).astype(np.float32)


def align(image_bgr: ImageArray, landmarks: FloatArray, *, template: FloatArray, size: tuple[int, int]) -> ImageArray:
    """Return the gray crop (height, width) of ``size`` in which ``landmarks`` (5, 2) lie on ``template`` (5, 2)."""
    matrix = similarity(landmarks, template)
    scale = float(np.hypot(matrix[0, 0], matrix[1, 0]))
    region, left, top = _region(image_bgr, matrix, size)
    gray = cv2.cvtColor(region, cv2.COLOR_BGR2GRAY) if region.size else np.zeros((1, 1), np.uint8)
    matrix[:, 2] += matrix[:, :2] @ np.array([left, top], np.float32)
    return _warp(cast("ImageArray", gray), matrix, scale, size)


def _region(image_bgr: ImageArray, matrix: FloatArray, size: tuple[int, int]) -> tuple[ImageArray, int, int]:
    """Return the part of the frame that the crop needs, with its left and top: only that is turned to gray."""
    height, width = size
    corners = np.array([[0, 0], [width, 0], [0, height], [width, height]], np.float32)
    back = cv2.invertAffineTransform(matrix)
    found = corners @ back[:, :2].T + back[:, 2]
    low = np.clip(np.floor(found.min(axis=0)) - 2, 0, None).astype(int)
    high = np.ceil(found.max(axis=0)).astype(int) + 2
    region = image_bgr[low[1] : max(high[1], 0), low[0] : max(high[0], 0)]
    return region, int(low[0]), int(low[1])


def _warp(gray: ImageArray, matrix: FloatArray, scale: float, size: tuple[int, int]) -> ImageArray:
    """Warp; a large face is first made smaller by averaging, since bilinear sampling alone would alias."""
    factor = int(1 / max(scale, 1e-6))
    if factor >= 2 and min(gray.shape) >= factor:
        height, width = gray.shape
        smaller = cv2.resize(gray, (width // factor, height // factor), interpolation=cv2.INTER_AREA)
        zoom = np.array([width / smaller.shape[1], height / smaller.shape[0]], np.float32)
        matrix = np.column_stack([matrix[:, :2] * zoom, matrix[:, 2]])
        gray = cast("ImageArray", smaller)
    crop = cv2.warpAffine(gray, matrix, (size[1], size[0]), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return cast("ImageArray", crop)
