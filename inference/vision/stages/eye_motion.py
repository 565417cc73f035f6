"""Where eyes went between two full samples: the upper face is looked for around the straight line between them.

The line alone is a quarter of an eye's width off where people nod or gesture, and up to a whole one.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np

from inference.vision.stages.sampling import cut_all
from inference.vision.types import FloatArray, ImageArray

# The upper face at eight pixels from eye to eye: brows, eyes and nose, so that a blink changes little of it.
EYES_APART_PX = 8
WIDTH_PX, HEIGHT_PX = 20, 16
# How far it is looked for: half an eye distance each way.
REACH_PX = 4
# What a step away from the line costs in correlation, a (pixel)²: without it a plain wall matches anywhere.
DISTANCE_COST = 0.004
LEAST_CORRELATION = 0.6


def followed(images: Sequence[ImageArray], corners: Sequence[FloatArray]) -> list[FloatArray]:
    """Return ``corners`` (n, 2, 2, 2) px of n faces in each image, shifted to where the upper face is found.

    The first and the last image show what to look for: there the given corners are taken as right.
    """
    first, last = (_patches(images[end], corners[end], reach_px=0) for end in (0, -1))
    found = [corners[0]]
    for number in range(1, len(images) - 1):
        templates = first if 2 * number < len(images) else last
        windows = _patches(images[number], corners[number], reach_px=REACH_PX)
        shifts = np.array([_shift(window, template) for window, template in zip(windows, templates, strict=True)])
        found.append(corners[number] + _in_frame(shifts, corners[number])[:, None, None, :])
    return [*found, corners[-1]][: len(images)]


def _patches(image: ImageArray, corners: FloatArray, *, reach_px: int) -> ImageArray:
    """Return (n, h, w) the gray upper faces, eyes level and ``EYES_APART_PX`` apart, with a margin."""
    across = _across(corners)
    middle = corners.mean(axis=(1, 2))
    return cut_all(image, middle, across, size=(WIDTH_PX + 2 * reach_px, HEIGHT_PX + 2 * reach_px))


def _across(corners: FloatArray) -> FloatArray:
    """Return (n, 2) what one pixel of a patch is in the frame, from the image's left eye towards the right one."""
    eyes = corners.mean(axis=2)
    return np.asarray((eyes[:, 1] - eyes[:, 0]) / EYES_APART_PX, np.float32)


def _shift(window: ImageArray, template: ImageArray) -> tuple[float, float]:
    """Return how far right and down of the middle of ``window`` the ``template`` lies; zero where nothing is alike."""
    score = cv2.matchTemplate(window, template, cv2.TM_CCOEFF_NORMED) - _COST
    row, column = divmod(int(score.argmax()), score.shape[1])
    if score[row, column] + _COST[row, column] < LEAST_CORRELATION:
        return 0.0, 0.0
    return column + _peak(score[row], column) - REACH_PX, row + _peak(score[:, column], row) - REACH_PX


def _peak(line: FloatArray, at: int) -> float:
    """Return how far from ``at`` the parabola through its neighbours has its peak."""
    if not 0 < at < len(line) - 1:
        return 0.0
    before, here, after = (float(value) for value in line[at - 1 : at + 2])
    bend = before - 2 * here + after
    return 0.5 * (before - after) / bend if bend < 0 else 0.0


def _in_frame(shifts: FloatArray, corners: FloatArray) -> FloatArray:
    right, down = shifts.T[:, :, None]
    across = _across(corners)
    return np.asarray(right * across + down * np.stack([-across[:, 1], across[:, 0]], axis=1), np.float32)


_STEPS = np.arange(-REACH_PX, REACH_PX + 1, dtype=np.float32)
_COST = np.asarray(DISTANCE_COST * (_STEPS[:, None] ** 2 + _STEPS[None, :] ** 2), np.float32)
