"""From the network's cells to boxes, points and scores."""

from __future__ import annotations

import numpy as np

from inference.vision.families.face_detector.network import STRIDE_PX
from inference.vision.types import FloatArray


def decode(cells: FloatArray, *, min_score: float) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Turn ``cells`` (15, h, w) into boxes (n, 4), points (n, 5, 2) and scores (n,), in pixels of the network's input.

    Only cells of at least ``min_score`` are looked at.
    """
    least = np.log(min_score / (1 - min_score))
    rows, columns = np.nonzero(cells[0] >= least)
    found = cells[:, rows, columns].T
    centre = (np.stack([columns, rows], axis=1) + 0.5 + found[:, 1:3]) * STRIDE_PX
    size = np.exp(found[:, 3:5]) * STRIDE_PX
    boxes = np.concatenate([centre - size / 2, centre + size / 2], axis=1)
    points = found[:, 5:].reshape(-1, 5, 2) * size[:, None] + centre[:, None]
    scores = 1 / (1 + np.exp(-found[:, 0]))
    return boxes.astype(np.float32), points.astype(np.float32), scores.astype(np.float32)
