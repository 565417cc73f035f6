"""Small pictures keep their size and lose their detail; an eye is cut out level and in the middle."""

from __future__ import annotations

import cv2
import numpy as np

from inference.vision.training.datasets import Source
from inference.vision.training.experiments.eye_crops import SIDE_PER_WIDTH, SIDE_PX, eye_crop, eyes_of
from inference.vision.training.experiments.fatigue import shrunk
from inference.vision.training.protocols import TRAIN
from inference.vision.training.teachers import BLENDSHAPES, LEFT_EYE_CORNERS, RIGHT_EYE_CORNERS, Reading
from inference.vision.types import ImageArray


def noise(count: int = 3, side_px: int = 64) -> ImageArray:
    return np.random.default_rng(0).integers(0, 256, (count, side_px, side_px)).astype(np.uint8)


def test_shrunk_pictures_keep_their_size_and_lose_their_detail() -> None:
    images = noise()
    small = shrunk(images, side_px=12, framed_px=48)
    assert small.shape == images.shape
    assert small.std() < images.std() / 2


def test_pictures_are_never_enlarged() -> None:
    images = noise()
    assert shrunk(images, side_px=48, framed_px=48) is images


def test_an_eye_is_cut_out_level_in_the_middle_and_of_one_size() -> None:
    image = np.zeros((120, 120), np.uint8)
    corners = np.array([[40, 50], [60, 70]], np.float32)
    cv2.circle(image, (50, 60), 4, 255, -1)
    for x, y in corners:
        cv2.circle(image, (round(float(x)), round(float(y))), 1, 255, -1)
    crop = eye_crop(image, corners)
    half = SIDE_PX / SIDE_PER_WIDTH / 2
    middle, ends = SIDE_PX // 2, (round(SIDE_PX / 2 - half), round(SIDE_PX / 2 + half))
    assert crop[middle, middle] > 200
    assert min(crop[middle - 2 : middle + 3, end - 2 : end + 3].max() for end in ends) > 100
    assert crop[: middle - 10].max() == 0


def test_eyes_that_are_neither_clearly_open_nor_closed_are_left_out() -> None:
    shapes = np.zeros((4, 52), np.float32)
    for row, blink in enumerate((0.1, 0.4, 0.9, 0.1)):
        shapes[row, list(BLENDSHAPES["eye_blink"])] = blink
    points = np.zeros((4, 478, 3), np.float32)
    for corners, x in ((RIGHT_EYE_CORNERS, 10), (LEFT_EYE_CORNERS, 40)):
        points[:, corners[0], :2], points[:, corners[1], :2] = (x, 30), (x + 14, 30)
    people = np.array(["a", "b", "c", "d"])
    source = Source("lfw", list(noise(4)), people, np.full(4, TRAIN))
    found = eyes_of(source, Reading(np.array([1, 1, 1, -1], np.float32), points, shapes), step=1)
    assert found.truth.tolist() == [1, 1, 0, 0]
    assert found.people.tolist() == ["a", "a", "c", "c"]
    assert found.images.shape == (4, SIDE_PX, SIDE_PX)
