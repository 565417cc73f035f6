"""Irises on drawn eyes: their place is known."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inference.vision.stages.iris import LIDS_IMAGE_LEFT, LIDS_IMAGE_RIGHT, iris_offset
from inference.vision.types import FloatArray, ImageArray

SKIN, WHITE, IRIS = (120, 140, 170), (215, 215, 215), (40, 45, 60)
CENTRES = ((60, 60), (140, 60))


def drawn(
    x: float, y: float, *, width_px: float = 36.0, opening: float = 0.4, turn_deg: float = 0.0
) -> tuple[ImageArray, FloatArray]:
    """Return two eyes whose irises stand ``x`` right of the middle and ``y`` above it in eye widths, and their mesh."""
    image = np.full((120, 200, 3), SKIN, np.uint8)
    mesh = np.zeros((468, 3), np.float32)
    angles = np.pi - np.arange(16) * np.pi / 8
    for lids, (cx, cy) in zip((LIDS_IMAGE_LEFT, LIDS_IMAGE_RIGHT), CENTRES, strict=True):
        half = np.array([width_px / 2, width_px * opening / 2])
        mesh[list(lids), :2] = np.stack([np.cos(angles), -np.sin(angles)], axis=1) * half + (cx, cy)
        white = np.zeros(image.shape[:2], np.uint8)
        cv2.fillPoly(white, [np.rint(mesh[list(lids), :2] * 16).astype(np.int32)], 1, shift=4)
        iris = np.zeros_like(white)
        place = (round((cx + x * width_px) * 16), round((cy - y * width_px) * 16))
        cv2.circle(iris, place, round(0.17 * width_px * 16), 1, -1, shift=4)
        image[white > 0] = WHITE
        image[(white & iris) > 0] = IRIS
    turn = cv2.getRotationMatrix2D((100, 60), turn_deg, 1.0)
    mesh[:, :2] = mesh[:, :2] @ turn[:, :2].T.astype(np.float32) + turn[:, 2].astype(np.float32)
    return np.asarray(cv2.warpAffine(image, turn, (200, 120), borderValue=SKIN), np.uint8), mesh


@pytest.mark.parametrize("x", [-0.2, -0.1, 0.0, 0.1, 0.2])
def test_an_iris_is_found_along_the_eye(x: float) -> None:
    found, _ = iris_offset(*drawn(x, 0.0))
    assert found == pytest.approx(x, abs=0.06)


@pytest.mark.parametrize("y", [-0.1, 0.0, 0.1])
def test_an_iris_above_the_middle_is_above_it(y: float) -> None:
    _, found = iris_offset(*drawn(0.0, y))
    assert np.sign(round(found, 2)) == np.sign(y)
    assert found == pytest.approx(y, abs=0.06)


@pytest.mark.parametrize("turn_deg", [-30, 15])
def test_a_tilted_head_has_the_offsets_of_an_upright_one(turn_deg: float) -> None:
    assert iris_offset(*drawn(0.15, 0.0, turn_deg=turn_deg)) == pytest.approx(iris_offset(*drawn(0.15, 0.0)), abs=0.03)


def test_a_mirrored_picture_mirrors_the_gaze() -> None:
    image, mesh = drawn(0.2, 0.05)
    mirrored = mesh.copy()
    for lids, others in ((LIDS_IMAGE_LEFT, LIDS_IMAGE_RIGHT), (LIDS_IMAGE_RIGHT, LIDS_IMAGE_LEFT)):
        # The left corner of one eye is the right corner of its mirror image.
        places = [others[(8 - place) % 16] for place in range(16)]
        mirrored[list(lids), :2] = mesh[places, :2] * (-1, 1) + (199, 0)
    right, above = iris_offset(image, mesh)
    found = iris_offset(np.ascontiguousarray(image[:, ::-1]), mirrored)
    assert right > 0.1
    assert found == pytest.approx((-right, above), abs=0.03)


@pytest.mark.parametrize("light", [0.3, 0.6])
def test_dim_light_moves_no_iris(light: float) -> None:
    image, mesh = drawn(0.15, 0.0)
    dim = np.asarray(image * light, np.uint8)
    assert iris_offset(dim, mesh) == pytest.approx(iris_offset(image, mesh), abs=0.02)


def test_eyes_of_few_pixels_have_no_gaze() -> None:
    assert np.isnan(iris_offset(*drawn(0.0, 0.0, width_px=6.0))).all()


def test_eyes_outside_the_picture_have_no_gaze() -> None:
    image, mesh = drawn(0.0, 0.0)
    assert np.isnan(iris_offset(image, mesh + 500)).all()


def test_a_mesh_that_is_no_number_has_no_gaze() -> None:
    image, mesh = drawn(0.0, 0.0)
    assert np.isnan(iris_offset(image, mesh * np.nan)).all()
