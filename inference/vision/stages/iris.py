"""Where the irises stand between the corners of their eyes: the dark inside the lids that the mesh found."""

from __future__ import annotations

import math

import cv2
import numpy as np

from inference.vision.stages.align import align, similarity
from inference.vision.types import FloatArray, ImageArray

# The lids' outline in the mesh of 468 points, from the image's left corner along the upper lid and back.
LIDS_IMAGE_LEFT = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
LIDS_IMAGE_RIGHT = (362, 398, 384, 385, 386, 387, 388, 466, 263, 249, 390, 373, 374, 380, 381, 382)
RIGHT_CORNER = 8  # its place in both outlines
# Each eye is brought to this size (height, width), its corners to these places.
EYE_PX = (32, 48)
CORNERS = np.array([[8, 16], [40, 16]], np.float32)
EYE_WIDTH = 32.0
# Below this many pixels between the corners an iris is a pixel or two.
LEAST_EYE_PX = 7.0
LEAST_INSIDE_PX = 8
AROUND = np.ones((3, 3), np.uint8)
_ROWS, _COLUMNS = np.mgrid[: EYE_PX[0], : EYE_PX[1]]


def iris_offset(image_bgr: ImageArray, mesh: FloatArray) -> tuple[float, float]:
    """Return how far the irises of a mesh (468, 2 or 3) stand right of the eyes' middle and above it, in eye widths.

    The mean of the eyes that can be read; NaN without one. Right and above are the face's own, as seen in the image.
    What a person's irises do when they look at the camera differs by lids and lashes: compare with their own.
    """
    eyes = [_of_eye(image_bgr, mesh[list(lids), :2]) for lids in (LIDS_IMAGE_LEFT, LIDS_IMAGE_RIGHT)]
    seen = [offset for offset in eyes if offset is not None]
    if not seen:
        return math.nan, math.nan
    right, above = np.mean(seen, axis=0)
    return float(right), float(above)


def _of_eye(image_bgr: ImageArray, lids: FloatArray) -> tuple[float, float] | None:
    """Return the offset of the iris between ``lids`` (16, 2) in pixels; None where there is nothing to read."""
    corners = lids[[0, RIGHT_CORNER]].astype(np.float32)
    if not np.isfinite(lids).all() or float(np.hypot(*(corners[1] - corners[0]))) < LEAST_EYE_PX:
        return None
    eye = align(image_bgr, corners, template=CORNERS, size=EYE_PX)
    to_eye = similarity(corners, CORNERS)
    return dark_centre(eye, lids @ to_eye[:, :2].T + to_eye[:, 2])


def dark_centre(eye: ImageArray, lids: FloatArray) -> tuple[float, float] | None:
    """Return where the dark half between ``lids`` (n, 2) of a gray ``eye`` (32, 48) has its centre, in eye widths.

    Each pixel weighs by how much it is darker than the median there. None where the lids hold too little.
    """
    inside = np.zeros(EYE_PX, np.uint8)
    cv2.fillPoly(inside, [np.rint(lids).astype(np.int32)], 1)
    inside = np.asarray(cv2.dilate(inside, AROUND), np.uint8)
    levels = eye[inside > 0].astype(np.float32)
    if len(levels) < LEAST_INSIDE_PX:
        return None
    darkness = np.clip(np.median(levels) - eye, 0, None) * inside
    total = float(darkness.sum())
    if total <= 0:
        return None
    x, y = float((darkness * _COLUMNS).sum()) / total, float((darkness * _ROWS).sum()) / total
    middle = CORNERS.mean(axis=0)
    return (x - float(middle[0])) / EYE_WIDTH, (float(middle[1]) - y) / EYE_WIDTH
