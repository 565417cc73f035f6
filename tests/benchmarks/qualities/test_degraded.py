"""Faces made worse: by how much, and that the face stays where it is said to be."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.qualities.degraded import Seen, moving, out_of_focus, shaken, shrunk
from benchmarks.qualities.occluders import OCCLUDERS
from inference.vision.stages.landmarks import EYE_RING_IMAGE_LEFT, EYE_RING_IMAGE_RIGHT
from inference.vision.stages.quality import sharpness_of, side_px
from inference.vision.types import Detection

BOX = np.array([30, 40, 110, 140], np.float32)
LANDMARKS = np.array([[50, 75], [90, 75], [70, 95], [55, 115], [85, 115]], np.float32)


@pytest.fixture
def seen() -> Seen:
    noise = np.random.default_rng(0).integers(0, 255, (160, 160, 3)).astype(np.uint8)
    return Seen(noise, Detection(BOX, LANDMARKS, 0.9))


def mesh_points() -> np.ndarray:
    """Points of a face that fill the box, with eyes where the landmarks are."""
    points = np.random.default_rng(1).uniform((30, 40, -10), (110, 140, 10), (468, 3)).astype(np.float32)
    points[10, :2], points[152, :2], points[1, :2], points[6, :2] = (70, 40), (70, 140), (70, 95), (70, 72)
    points[50, :2], points[280, :2] = (45, 100), (95, 100)
    for ring, eye in ((EYE_RING_IMAGE_LEFT, LANDMARKS[0]), (EYE_RING_IMAGE_RIGHT, LANDMARKS[1])):
        points[list(ring), :2] = eye
    return points


def test_a_shrunk_face_has_the_side_and_stays_in_its_place(seen: Seen) -> None:
    small = shrunk(seen, 20)
    assert side_px(small.face.bbox_xyxy) == pytest.approx(20)
    assert small.image.shape == (40, 40, 3)
    np.testing.assert_allclose(small.face.landmarks, LANDMARKS / 4)


def test_a_face_is_never_enlarged(seen: Seen) -> None:
    assert shrunk(seen, 500).image.shape == seen.image.shape


def test_blur_takes_sharpness_and_more_blur_takes_more(seen: Seen) -> None:
    for blur in (out_of_focus, moving):
        sharp = [sharpness_of(blur(seen, share).image, BOX) for share in (0.0, 0.02, 0.1)]
        assert sharp == sorted(sharp, reverse=True)


def test_another_box_is_as_large(seen: Seen) -> None:
    box = shaken(seen, 0.03, np.random.default_rng(0)).face.bbox_xyxy
    assert (box != BOX).all()
    np.testing.assert_allclose(box[2:] - box[:2], BOX[2:] - BOX[:2], atol=1e-4)


@pytest.mark.parametrize("name", OCCLUDERS)
def test_a_cover_changes_the_face_and_not_the_photo_around_it(seen: Seen, name: str) -> None:
    drawn = OCCLUDERS[name](seen, mesh_points(), np.random.default_rng(2)).image
    changed = np.abs(drawn.astype(int) - seen.image).max(axis=2) > 8
    assert changed[40:140, 30:110].mean() > 0.03
    assert not changed[:10].any()


def test_eyes_stay_free_of_a_mask(seen: Seen) -> None:
    drawn = OCCLUDERS["mask"](seen, mesh_points(), np.random.default_rng(2)).image
    np.testing.assert_array_equal(drawn[60:70, 45:95], seen.image[60:70, 45:95])
