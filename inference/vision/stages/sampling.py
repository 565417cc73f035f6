"""Many small turned windows of one frame, cut by one call: a call for each would cost more than the pixels do."""

from __future__ import annotations

import cv2
import numpy as np

from inference.vision.types import FloatArray, ImageArray

LARGEST_LEVEL = 5


def cut_all(image: ImageArray, middles: FloatArray, across: FloatArray, *, size: tuple[int, int]) -> ImageArray:
    """Return gray windows (n, height, width) of ``size`` (width, height) around ``middles`` (n, 2) px of a frame.

    ``across`` (n, 2) is what one pixel to a window's right is in the frame. The frame is (h, w, 3) BGR or gray.
    """
    gray = image if image.ndim == 2 else np.asarray(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), np.uint8)
    steps_px = np.maximum(np.hypot(across[:, 0], across[:, 1]), 1.0)
    levels = np.clip(np.floor(np.log2(steps_px)), 0, LARGEST_LEVEL).astype(np.int64)
    windows = np.zeros((len(middles), size[1], size[0]), np.uint8)
    for level in np.unique(levels):
        rows, scale = np.flatnonzero(levels == level), np.float32(0.5**level)
        small = _smaller(gray, float(scale))
        windows[rows] = _cut(
            small, (middles[rows] + np.float32(0.5)) * scale - np.float32(0.5), across[rows] * scale, size
        )
    return windows


def _smaller(gray: ImageArray, scale: float) -> ImageArray:
    """Return the frame made smaller by averaging, since bilinear sampling alone would alias."""
    if scale == 1:
        return gray
    return np.asarray(cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _cut(gray: ImageArray, middles: FloatArray, across: FloatArray, size: tuple[int, int]) -> ImageArray:
    width, height = size
    right = np.arange(width, dtype=np.float32)[None, None, :] - np.float32((width - 1) / 2)
    down = np.arange(height, dtype=np.float32)[None, :, None] - np.float32((height - 1) / 2)
    (x, y), (along_x, along_y) = (each.T[:, :, None, None].astype(np.float32) for each in (middles, across))
    shape = (len(middles) * height, width)
    columns, rows = x + right * along_x - down * along_y, y + right * along_y + down * along_x
    cut = cv2.remap(
        gray, columns.reshape(shape), rows.reshape(shape), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE
    )
    return np.asarray(cut.reshape(len(middles), height, width), np.uint8)
