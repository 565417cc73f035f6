"""Where a picture goes, the box of its face goes."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.galleries.cutout import HEIGHT_PX, WIDTH_PX, Cutout
from benchmarks.galleries.placing import Place, filled, placed
from inference.vision.stages.detect import overlaps
from inference.vision.types import FloatArray, ImageArray

SIZE = (320, 180)
BOX = np.array([118, 28, 202, 142], np.float32)


def painted(box: FloatArray, size: tuple[int, int]) -> ImageArray:
    image = np.full((size[1], size[0], 3), 40, np.uint8)
    left, top, right, bottom = box.astype(int)
    image[top:bottom, left:right] = 220
    return image


def bright_box(image: ImageArray) -> FloatArray:
    rows, columns = np.nonzero(image[:, :, 0] > 130)
    return np.array([columns.min(), rows.min(), columns.max() + 1, rows.max() + 1], np.float32)


@pytest.mark.parametrize("height", [20.0, 47.5, 120.0])
@pytest.mark.parametrize("turn_deg", [0.0, 4.0])
def test_the_box_of_a_placed_person_is_where_the_face_is(height: float, turn_deg: float) -> None:
    cutout = Cutout("someone", painted(BOX, (WIDTH_PX, HEIGHT_PX)), np.ones((HEIGHT_PX, WIDTH_PX), np.float32), BOX,
                    is_aside=False)  # fmt: skip
    person = placed(cutout, Place(height, (150.0, 80.0), turn_deg), SIZE)
    assert person.box[3] - person.box[1] == pytest.approx(height)
    assert overlaps(person.box[None], bright_box(person.image_bgr)[None])[0, 0] > 0.8


def test_a_body_reaches_down_to_the_edge_of_the_tile() -> None:
    alpha = np.zeros((HEIGHT_PX, WIDTH_PX), np.float32)
    alpha[:, 100:200] = 1
    cutout = Cutout("someone", painted(BOX, (WIDTH_PX, HEIGHT_PX)), alpha, BOX, is_aside=False)
    assert placed(cutout, Place(20.0, (150.0, 40.0)), SIZE).alpha[-1].max() == 1


@pytest.mark.parametrize("size", [(320, 180), (180, 178), (90, 140)])
def test_the_box_of_a_clip_is_where_the_face_is_in_the_cut(size: tuple[int, int]) -> None:
    box = np.array([420, 60, 520, 200], np.float32)
    image, found = filled(painted(box, (640, 360)), box, size)
    assert image.shape == (size[1], size[0], 3)
    assert overlaps(found[None], bright_box(image)[None])[0, 0] > 0.9
