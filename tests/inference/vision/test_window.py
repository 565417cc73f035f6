"""The window around a face: which part of the frame it shows, and the way back."""

from __future__ import annotations

import math

import numpy as np
import pytest

from inference.vision.stages.window import INPUT_PX, cut, roll_of, to_frame, window_of

LEVEL = np.array([[140, 130], [160, 130], [150, 140], [142, 150], [158, 150]], np.float32)
BOX = np.array([100, 100, 200, 164], np.float32)


def tilted(degrees: float) -> np.ndarray:
    angle = math.radians(degrees)
    turn = np.array([[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]])
    return np.asarray((LEVEL - 150) @ turn.T + 150, np.float32)


def test_a_window_has_a_margin_about_the_longer_side_and_the_same_middle() -> None:
    corners = to_frame(np.array([[0, 0, 0], [INPUT_PX, INPUT_PX, 0]], np.float32), window_of(BOX, LEVEL))
    np.testing.assert_allclose(corners[:, :2], [[80, 62], [220, 202]], atol=1e-3)


@pytest.mark.parametrize("degrees", [-170, -90, -20, 0, 35, 120])
def test_eyes_lie_level_in_the_window_whatever_the_tilt(degrees: float) -> None:
    window, eyes = window_of(BOX, tilted(degrees)), tilted(degrees)[:2]
    inside = (eyes - window[:, 2]) @ np.linalg.inv(window[:, :2]).T
    assert inside[0, 1] == pytest.approx(inside[1, 1], abs=1e-3)
    assert inside[0, 0] < inside[1, 0]


def test_roll_is_clockwise_in_the_image_and_none_where_the_eyes_are_not_known() -> None:
    assert math.degrees(roll_of(tilted(20))) == pytest.approx(20, abs=1e-4)
    assert roll_of(np.zeros((5, 2), np.float32)) == roll_of(np.full((5, 2), np.nan, np.float32)) == 0


def test_depth_is_in_frame_pixels_and_does_not_turn() -> None:
    points = to_frame(np.array([[96, 96, 10]], np.float32), window_of(BOX, tilted(40)))
    assert points[0].tolist() == pytest.approx([150, 132, 10 * 140 / INPUT_PX])


@pytest.mark.parametrize(("side", "degrees"), [(60, 0), (60, 30), (400, 0), (400, -25), (900, 15)])
def test_a_spot_is_drawn_where_the_way_back_puts_it(side: int, degrees: float) -> None:
    image = np.zeros((1000, 1000, 3), np.uint8)
    box = np.array([500 - side / 2, 500 - side / 2, 500 + side / 2, 500 + side / 2], np.float32)
    spot = np.array([500 + 0.2 * side, 500 - 0.3 * side])
    low = np.round(spot - side / 20).astype(int)
    high = low + round(side / 10)
    image[low[1] : high[1], low[0] : high[0]] = 255
    window, crop = window_of(box, tilted(degrees)), np.empty((INPUT_PX, INPUT_PX, 3), np.uint8)
    cut(image, window, crop)
    rows, columns = np.nonzero(crop[:, :, 0] > 127)
    seen = np.array([[columns.mean() + 0.5, rows.mean() + 0.5, 0]], np.float32)
    assert to_frame(seen, window)[0, :2] == pytest.approx((low + high) / 2, abs=0.01 * side)


@pytest.mark.parametrize("place", [(-800, -800), (5000, 0), (990, 990)])
def test_a_box_at_or_beyond_the_edge_shows_black(place: tuple[int, int]) -> None:
    image = np.full((1000, 1000, 3), 255, np.uint8)
    box = np.array([*place, place[0] + 600, place[1] + 600], np.float32)
    crop = np.full((INPUT_PX, INPUT_PX, 3), 7, np.uint8)
    cut(image, window_of(box, LEVEL), crop)
    assert crop[-1, -1].tolist() == [0, 0, 0]
