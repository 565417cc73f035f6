"""Where the irises stand between the corners of their eyes: the dark inside the lids that the mesh found."""

from __future__ import annotations

import math

import cv2
import numpy as np

from inference.vision.types import FloatArray, ImageArray

# The lids' outline in the mesh of 468 points, from the image's left corner along the upper lid and back.
LIDS_IMAGE_LEFT = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
LIDS_IMAGE_RIGHT = (362, 398, 384, 385, 386, 387, 388, 466, 263, 249, 390, 373, 374, 380, 381, 382)
RIGHT_CORNER = 8  # its place in both outlines
# Each eye is brought to this size (height, width), its left corner to this place and its right one beside it.
EYE_PX = (32, 48)
CORNER = (8.0, 16.0)
EYE_WIDTH = 32.0
MIDDLE = (CORNER[0] + EYE_WIDTH / 2, CORNER[1])
# Below this many pixels between the corners an iris is a pixel or two.
LEAST_EYE_PX = 7.0
LEAST_INSIDE_PX = 8
AROUND = np.ones((3, 3), np.uint8)


def iris_offset(image_bgr: ImageArray, mesh: FloatArray) -> tuple[float, float]:
    """Return how far the irises of a mesh (468, 2 or 3) stand right of the eyes' middle and above it, in eye widths.

    The mean of the eyes that can be read; NaN without one. Right and above are the face's own, as seen in the image.
    What a person's irises do when they look at the camera differs by lids and lashes: compare with their own.
    """
    eyes = [_of_eye(image_bgr, mesh[list(lids), :2]) for lids in (LIDS_IMAGE_LEFT, LIDS_IMAGE_RIGHT)]
    seen = [offset for offset in eyes if offset is not None]
    if not seen:
        return math.nan, math.nan
    return sum(right for right, _ in seen) / len(seen), sum(above for _, above in seen) / len(seen)


def _of_eye(image_bgr: ImageArray, lids: FloatArray) -> tuple[float, float] | None:
    """Return the offset of the iris between ``lids`` (16, 2) in pixels; None where there is nothing to read."""
    (x, y), (right_x, right_y) = lids[0].tolist(), lids[RIGHT_CORNER].tolist()
    width_px = math.hypot(right_x - x, right_y - y)
    if not LEAST_EYE_PX <= width_px < math.inf:
        return None
    scale = EYE_WIDTH / width_px**2
    along, across = (right_x - x) * scale, (right_y - y) * scale
    to_eye = np.array(
        [
            [along, across, CORNER[0] - along * x - across * y],
            [-across, along, CORNER[1] + across * x - along * y],
        ],
        np.float32,
    )
    eye = cv2.warpAffine(image_bgr, to_eye, EYE_PX[::-1], flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    gray = np.asarray(cv2.cvtColor(eye, cv2.COLOR_BGR2GRAY), np.uint8)
    return dark_centre(gray, lids @ to_eye[:, :2].T + to_eye[:, 2])


def dark_centre(eye: ImageArray, lids: FloatArray) -> tuple[float, float] | None:
    """Return where the dark half between ``lids`` (n, 2) of a gray ``eye`` (32, 48) has its centre, in eye widths.

    Each pixel weighs by how much it is darker than the median there. None where the lids hold too little.
    """
    inside = np.zeros(EYE_PX, np.uint8)
    cv2.fillPoly(inside, [np.rint(lids).astype(np.int32)], 255)
    inside = np.asarray(cv2.dilate(inside, AROUND), np.uint8)
    levels = eye[inside > 0]
    if len(levels) < LEAST_INSIDE_PX:
        return None
    median = int(np.partition(levels, len(levels) // 2)[len(levels) // 2])
    darkness = cv2.subtract(np.full(EYE_PX, median, np.uint8), eye, mask=inside)
    sums = cv2.moments(darkness)
    if not sums["m00"]:
        return None
    x, y = sums["m10"] / sums["m00"], sums["m01"] / sums["m00"]
    return (x - MIDDLE[0]) / EYE_WIDTH, (MIDDLE[1] - y) / EYE_WIDTH
