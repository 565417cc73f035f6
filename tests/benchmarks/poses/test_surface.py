"""The rasteriser against pictures that can be told without one."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.poses.rendered import rotation_of
from benchmarks.poses.surface import Camera, Surface, draw, homographies

CAMERA = Camera(side_px=64, distance=8.0, unit_px=16.0)
GRAY = np.full((64, 64, 3), 128, np.uint8)
RED, BLUE = (0, 0, 255), (255, 0, 0)


def square(half: float, depth: float, colour: tuple[int, int, int]) -> Surface:
    corners = np.array([[-half, -half, depth], [half, -half, depth], [half, half, depth], [-half, half, depth]])
    texture = np.full((8, 8, 3), colour, np.uint8)
    texture_px = np.array([[0, 0], [7, 0], [7, 7], [0, 7]], np.float64)
    return Surface(corners, texture_px, np.array([[0, 1, 2], [0, 2, 3]], np.int32), texture)


def joined(first: Surface, second: Surface) -> Surface:
    """Both as one surface; the second's texture stands right of the first's."""
    return Surface(
        np.concatenate([first.points, second.points]),
        np.concatenate([first.texture_px, second.texture_px + np.array([8, 0])]),
        np.concatenate([first.triangles, second.triangles + len(first.points)]),
        np.hstack([first.texture, second.texture]),
    )


def test_a_square_before_the_camera_has_its_size_and_place() -> None:
    picture = draw(square(1.0, 0.0, RED), np.eye(3), CAMERA, GRAY)
    assert picture[32, 32].tolist() == list(RED)
    assert (picture[32, 20:44] == RED).all()
    assert (picture[32, [8, 55]] == 128).all()


@pytest.mark.parametrize("order", [1, -1])
def test_what_is_nearer_hides_what_is_farther(order: int) -> None:
    near, far = square(0.5, -1.0, RED), square(1.5, 1.0, BLUE)
    picture = draw(joined(*(near, far)[::order]), np.eye(3), CAMERA, GRAY)
    assert picture[32, 32].tolist() == list(RED)
    assert picture[32, 17].tolist() == list(BLUE)


def test_what_looks_away_is_not_seen() -> None:
    picture = draw(square(1.0, 0.0, RED), rotation_of(180, 0, 0), CAMERA, GRAY)
    assert (picture == GRAY).all()


def test_a_face_turned_to_the_images_right_shows_its_left_side_larger() -> None:
    picture = draw(square(1.0, 0.0, RED), rotation_of(50, 0, 0), CAMERA, GRAY)
    is_red = picture[:, :, 0] < 64
    assert is_red[:, 26].sum() > is_red[:, 37].sum() + 2


def test_texture_follows_perspective_and_not_the_picture() -> None:
    # The middle of an edge from depth 1 to depth 3 is drawn three quarters of the way to the far end.
    seen = np.array([[[0.0, 0.0], [8.0, 0.0], [0.0, 8.0]]])
    texture_px = np.array([[[0.0, 0.0], [100.0, 0.0], [0.0, 100.0]]])
    matrix = homographies(seen, texture_px, np.array([[1.0, 3.0, 1.0]]))[0]
    u, v, w = matrix @ [6.0, 0.0, 1.0]
    assert (u / w, v / w) == pytest.approx((50.0, 0.0))
