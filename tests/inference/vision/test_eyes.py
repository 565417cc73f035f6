from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from inference.vision.stages.eye_motion import followed
from inference.vision.stages.eyes import EyePlace, EyeReader, eye_crops, eye_place, last_changes
from inference.vision.stages.landmarks import FaceMesh
from inference.vision.types import FloatArray, Frame, ImageArray

pytestmark = pytest.mark.weights
LEFT, RIGHT = 1, 2


def scene(shift_px: float = 0.0) -> ImageArray:
    """Return a picture with two dark eyes on a light face."""
    image = np.full((120, 200, 3), 190, np.uint8)
    for x in (70, 130):
        centre = (round(x + shift_px), 60)
        cv2.ellipse(image, centre, (15, 7), 0, 0, 360, (235, 235, 235), -1, cv2.LINE_AA)
        cv2.circle(image, centre, 7, (30, 30, 30), -1, cv2.LINE_AA)
    return image


def place(timestamp_s: float, shift_px: float = 0.0) -> EyePlace:
    corners = np.array([[[55, 60], [85, 60]], [[115, 60], [145, 60]]], np.float32)
    return EyePlace(timestamp_s, corners + np.array([shift_px, 0], np.float32))


@pytest.fixture(scope="module")
def reader() -> EyeReader:
    return EyeReader("cpu")


def test_every_frame_and_track_has_a_sample_by_time_and_track(reader: EyeReader) -> None:
    frames = [Frame(index, index / 12, scene()) for index in range(3)]
    both = {RIGHT: place(0.0), LEFT: place(0.0)}
    samples = reader.read(frames, both, {track: place(1.0) for track in both})
    assert [(sample.timestamp_s, sample.track_number) for sample in samples] == [
        (index / 12, track) for index in range(3) for track in (LEFT, RIGHT)
    ]
    assert all(0 <= value <= 1 for sample in samples for value in (sample.left_closed, sample.right_closed))


def test_a_track_that_is_not_in_both_full_samples_is_not_read(reader: EyeReader) -> None:
    frames = [Frame(0, 0.5, scene())]
    assert not reader.read(frames, {LEFT: place(0.0)}, {RIGHT: place(1.0)})


def test_no_frame_gives_no_sample(reader: EyeReader) -> None:
    assert not reader.read([], {LEFT: place(0.0)}, {LEFT: place(1.0)})


def test_eyes_are_cut_where_a_straight_line_between_the_samples_puts_them(reader: EyeReader) -> None:
    moved = reader.read([Frame(0, 0.5, scene(20))], {LEFT: place(0.0)}, {LEFT: place(1.0, 40)})
    still = reader.read([Frame(0, 0.5, scene())], {LEFT: place(0.0)}, {LEFT: place(1.0)})
    assert moved[0].left_closed == pytest.approx(still[0].left_closed, abs=0.02)


def test_an_eye_that_is_turned_away_is_not_measured(reader: EyeReader) -> None:
    aside = EyePlace(0.0, np.array([[[55, 60], [60, 60]], [[70, 60], [100, 60]]], np.float32))
    (sample,) = reader.read([Frame(0, 0.0, scene())], {LEFT: aside}, {LEFT: aside})
    assert math.isnan(sample.left_closed)
    assert not math.isnan(sample.right_closed)


def test_a_crop_shows_the_eye_level_and_two_thirds_as_wide_as_itself() -> None:
    crops = eye_crops(scene(), place(0.0).corners[None], size_px=32)
    assert crops.shape == (2, 32, 32)
    assert crops[0, 14:18, 14:18].max() < 60
    assert crops[0, 15:17, [8, 23]].min() > 150


def test_a_tilted_head_gives_the_same_crop() -> None:
    turn = cv2.getRotationMatrix2D((100, 60), 20, 1.0)
    tilted = np.asarray(cv2.warpAffine(scene(), turn, (200, 120), borderValue=(190, 190, 190)), np.uint8)
    corners = place(0.0).corners.reshape(-1, 2) @ turn[:, :2].T + turn[:, 2]
    turned = eye_crops(tilted, np.asarray(corners, np.float32).reshape(1, 2, 2, 2), size_px=32)
    straight = eye_crops(scene(), place(0.0).corners[None], size_px=32)
    assert np.abs(turned.astype(int) - straight).mean() < 6


@pytest.mark.parametrize("zoom", [0.5, 3.0])
def test_a_crop_does_not_depend_on_the_size_of_the_face(zoom: float) -> None:
    large = np.asarray(cv2.resize(scene(), None, fx=zoom, fy=zoom, interpolation=cv2.INTER_AREA), np.uint8)
    corners: FloatArray = (place(0.0).corners + np.float32(0.5)) * np.float32(zoom) - np.float32(0.5)
    crops = eye_crops(large, corners[None], size_px=32)
    assert np.abs(crops.astype(int) - eye_crops(scene(), place(0.0).corners[None], size_px=32)).mean() < 6


def test_corners_outside_the_frame_are_no_error() -> None:
    outside = place(0.0, shift_px=-500).corners[None]
    assert eye_crops(scene(), outside, size_px=32).shape == (2, 32, 32)


def test_a_place_holds_the_corners_of_both_eyes_left_to_right() -> None:
    points = np.zeros((468, 3), np.float32)
    points[[33, 133, 362, 263], 0] = [10, 20, 30, 40]
    np.testing.assert_array_equal(eye_place(FaceMesh(points, 1.0), 2.0).corners[..., 0], [[10, 20], [30, 40]])


def test_an_eye_that_does_not_change_is_read_once_a_second() -> None:
    random = np.random.default_rng(0)
    still, other = (random.integers(0, 255, (32, 32)).astype(np.uint8) for _ in range(2))
    crops = np.stack([still, still, other, other])[:, None]
    np.testing.assert_array_equal(last_changes(crops)[:, 0], [0, 0, 2, 2])


def test_a_face_that_nods_between_the_samples_is_followed() -> None:
    random = np.random.default_rng(0)
    small = random.integers(0, 255, (30, 40, 3)).astype(np.uint8)
    texture = np.asarray(cv2.resize(small, (400, 300), interpolation=cv2.INTER_CUBIC), np.uint8)
    images = [np.asarray(np.roll(texture, (dy, dx), (0, 1))[:, :, 0]) for dx, dy in ((0, 0), (6, 9), (0, 0))]
    corners = np.array([[[[150, 140], [170, 140]], [[200, 140], [220, 140]]]], np.float32)
    found = followed(images, [corners] * 3)
    np.testing.assert_allclose((found[1] - corners).mean(axis=(1, 2)), [[6, 9]], atol=1.0)
    np.testing.assert_array_equal(found[2], corners)


def test_a_face_that_is_found_nowhere_stays_on_the_line() -> None:
    images = [np.full((120, 200), 128, np.uint8)] * 3
    corners = [place(0.0).corners[None]] * 3
    np.testing.assert_array_equal(followed(images, corners), corners)
