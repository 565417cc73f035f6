"""How far a face can be trusted: its size, its sharpness and whether the mesh found a face there at all."""

from __future__ import annotations

import cv2
import numpy as np

from inference.vision.types import FloatArray, ImageArray

MIN_EXPRESSION_QUALITY = 0.1
# Below 16 px nothing can be read; from 48 px on, the classifier's own input size, size no longer limits.
USELESS_SIDE_PX, FULL_SIDE_PX = 16.0, 48.0
SHARPNESS_SIDE_PX = 48
# Standard deviation of the Laplacian (gray 0..255) of a 48 px face: out of focus, and clear.
BLURRED, SHARP = 2.0, 10.0


def face_quality(image_bgr: ImageArray, box: FloatArray, presence: float) -> float:
    """Return 0..1: the lowest of size and sharpness, times the mesh's presence."""
    return float(min(size_quality(box), sharpness_quality(image_bgr, box)) * presence)


def size_quality(box: FloatArray) -> float:
    """Return 0..1 by the smaller side of ``box`` (4,)."""
    side = float(min(box[2] - box[0], box[3] - box[1]))
    return float(np.clip((side - USELESS_SIDE_PX) / (FULL_SIDE_PX - USELESS_SIDE_PX), 0, 1))


def sharpness_quality(image_bgr: ImageArray, box: FloatArray) -> float:
    """Return 0..1 by the contrast of fine detail inside ``box`` (4,), at a size that is the same for all faces."""
    left, top, right, bottom = (int(max(edge, 0)) for edge in box)
    face = image_bgr[top:bottom, left:right]
    if not face.size:
        return 0.0
    small = cv2.resize(face, (SHARPNESS_SIDE_PX, SHARPNESS_SIDE_PX), interpolation=cv2.INTER_AREA)
    detail = float(cv2.Laplacian(cv2.cvtColor(small, cv2.COLOR_BGR2GRAY), cv2.CV_32F).std())
    return float(np.clip((detail - BLURRED) / (SHARP - BLURRED), 0, 1))
