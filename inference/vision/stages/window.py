"""The upright square around a face that the landmark network sees, and the way back from it to the frame."""

from __future__ import annotations

import math

import cv2
import numpy as np

from inference.vision.types import FloatArray, ImageArray

INPUT_PX = 192
# The network was trained on 1.5 sides of a tighter box; of CenterFace's, 1.4 give the truest poses (head-pose.md).
CROP_FACTOR = 1.4


def window_of(box: FloatArray, landmarks: FloatArray) -> FloatArray:
    """Return the matrix (2, 3) that takes a point of the window, in its own pixels, to the frame.

    ``box`` (4,) says where it lies and how large it is; the eyes of ``landmarks`` (5, 2) say how it is turned: the
    network was trained on upright faces and reads others too upright. Eyes in one spot, or NaN, leave it unturned.
    """
    scale = CROP_FACTOR * float(max(box[2] - box[0], box[3] - box[1])) / INPUT_PX
    roll = roll_of(landmarks)
    cos, sin = scale * math.cos(roll), scale * math.sin(roll)
    turn = np.array([[cos, -sin], [sin, cos]])
    middle = np.array([box[0] + box[2], box[1] + box[3]]) / 2
    return np.column_stack([turn, middle - turn.sum(axis=1) * INPUT_PX / 2]).astype(np.float32)


def roll_of(landmarks: FloatArray) -> float:
    """Return how far the eyes of ``landmarks`` (5, 2) are turned clockwise, in radians; 0 where that is not known."""
    across, down = (float(step) for step in landmarks[1] - landmarks[0])
    return math.atan2(down, across) if math.isfinite(across + down) else 0.0


def cut(image_bgr: ImageArray, window: FloatArray, out: ImageArray) -> None:
    """Draw what the ``window`` (2, 3) shows of a frame into ``out`` (192, 192, 3); outside the frame it is black."""
    image_bgr, window = _shrunk(image_bgr, window)
    # Points count from the corner of a pixel, warpAffine's from its middle.
    matrix = window.astype(np.float64)
    matrix[:, 2] += (matrix[:, 0] + matrix[:, 1]) / 2 - 0.5
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    cv2.warpAffine(image_bgr, matrix, (INPUT_PX, INPUT_PX), dst=out, flags=flags)


def to_frame(points: FloatArray, window: FloatArray) -> FloatArray:
    """Return points (n, 3) of the ``window`` (2, 3) in frame pixels; depth, which the roll leaves, in the same unit."""
    scale = float(np.hypot(window[0, 0], window[1, 0]))
    flat = points[:, :2] @ window[:, :2].T + window[:, 2]
    return np.column_stack([flat, points[:, 2] * scale]).astype(np.float32)


def _shrunk(image_bgr: ImageArray, window: FloatArray) -> tuple[ImageArray, FloatArray]:
    """Return the frame and the window in it; what shows a large face is made smaller by averaging first."""
    factor = int(np.hypot(window[0, 0], window[1, 0]))
    if factor < 2:
        return image_bgr, window
    corners = np.array([[0, 0], [1, 0], [0, 1], [1, 1]]) * INPUT_PX @ window[:, :2].T + window[:, 2]
    left, top = np.maximum(corners.min(axis=0), 0).astype(int)
    right, bottom = np.maximum(corners.max(axis=0), 0).astype(int) + 2
    region = image_bgr[top:bottom, left:right]
    height, width = region.shape[0] // factor, region.shape[1] // factor
    if not (height and width):
        return image_bgr, window
    small = cv2.resize(region[: height * factor, : width * factor], (width, height), interpolation=cv2.INTER_AREA)
    shifted = window - np.array([[0, 0, left], [0, 0, top]], np.float32)
    return np.asarray(small, np.uint8), np.asarray(shifted / factor, np.float32)
