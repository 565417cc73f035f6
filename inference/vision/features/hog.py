"""Histograms of oriented gradients as paper 002, section 3.2, describes them: 1,764 values of a 64 x 64 px face.

The paper's parameter names are those of scikit-image, so that the details it leaves out follow that library: no
gradient at the image's edge, directions in 0 to 180 degrees, each pixel votes for one direction.
"""

from __future__ import annotations

from typing import Literal

import numpy as np

from inference.vision.types import FloatArray, ImageArray

SIZE_PX = 64
GAMMA = 0.5
DIRECTIONS = 9
CELL_PX = 8
BLOCK = 2
EPSILON = 1e-5
CLIP = 0.2
Norm = Literal["max", "L2-Hys"]


def hog(faces: ImageArray, *, norm: Norm = "max") -> FloatArray:
    """Return (n, 1764) float32 of gray ``faces`` (n, 64, 64) uint8; ``max`` is the paper's eq. 6.

    Raises:
        ValueError: the faces have another size.
    """
    if faces.ndim != 3 or faces.shape[1:] != (SIZE_PX, SIZE_PX):
        raise ValueError(f"HOG takes gray faces (n, {SIZE_PX}, {SIZE_PX}), not {faces.shape}: resize them first.")
    blocks = _blocks(_histograms(*_gradients(faces)))
    scaled = _clipped(blocks) if norm == "L2-Hys" else blocks / np.maximum(blocks.max(axis=3, keepdims=True), EPSILON)
    return np.asarray(scaled.reshape(len(faces), -1), np.float32)


def _gradients(faces: ImageArray) -> tuple[FloatArray, FloatArray]:
    """Return magnitude and direction in degrees 0..180, both (n, h, w): eq. 1 to 5."""
    light = (faces.astype(np.float32) / 255) ** GAMMA
    across, down = np.zeros_like(light), np.zeros_like(light)
    across[:, :, 1:-1] = light[:, :, 2:] - light[:, :, :-2]
    down[:, 1:-1] = light[:, 2:] - light[:, :-2]
    return np.hypot(across, down), np.degrees(np.arctan2(down, across)) % 180


def _histograms(magnitude: FloatArray, direction_deg: FloatArray) -> FloatArray:
    """Return the sum of magnitudes for each cell and direction, (n, h / 8, w / 8, 9)."""
    count, height, width = magnitude.shape
    rows, columns = height // CELL_PX, width // CELL_PX
    image, y, x = np.ogrid[:count, :height, :width]
    cell = (image * rows + y // CELL_PX) * columns + x // CELL_PX
    votes = cell * DIRECTIONS + (direction_deg * DIRECTIONS / 180).astype(int) % DIRECTIONS
    sums = np.bincount(votes.ravel(), magnitude.ravel(), count * rows * columns * DIRECTIONS)
    return sums.reshape(count, rows, columns, DIRECTIONS).astype(np.float32)


def _blocks(cells: FloatArray) -> FloatArray:
    """Return every 2 x 2 block of ``cells`` (n, r, c, 9), one cell apart, as (n, r - 1, c - 1, 36)."""
    windows = np.lib.stride_tricks.sliding_window_view(cells, (BLOCK, BLOCK), axis=(1, 2))
    count, rows, columns = windows.shape[:3]
    return np.ascontiguousarray(windows.transpose(0, 1, 2, 4, 5, 3)).reshape(count, rows, columns, -1)


def _clipped(blocks: FloatArray) -> FloatArray:
    """Return unit vectors, cut at 0.2 and brought to unit length again (Dalal and Triggs 2005)."""
    clipped = np.minimum(_unit(blocks), CLIP)
    return _unit(clipped)


def _unit(vectors: FloatArray) -> FloatArray:
    squares = np.square(vectors).sum(axis=3, keepdims=True)
    return np.asarray(vectors / np.sqrt(squares + EPSILON**2), np.float32)
