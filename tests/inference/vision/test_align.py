"""Alignment: known transforms are found, and landmarks land on the template."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from inference.vision.stages.align import align, similarity

TEMPLATE = np.array([[15, 18], [33, 18], [24, 28], [17, 36], [31, 36]], np.float32)


@pytest.mark.parametrize(
    ("angle_deg", "scale", "shift"), [(0, 1.0, (0, 0)), (25, 3.0, (40, -20)), (-80, 0.4, (9, 300))]
)
def test_a_known_similarity_is_found(angle_deg: float, scale: float, shift: tuple[float, float]) -> None:
    angle = np.radians(angle_deg)
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    moved = (TEMPLATE @ turn.T + shift).astype(np.float32)
    np.testing.assert_allclose(similarity(TEMPLATE, moved), np.column_stack([turn, shift]), atol=1e-3)


def test_a_mirrored_face_is_not_mirrored_back() -> None:
    matrix = similarity(TEMPLATE * np.array([-1, 1], np.float32), TEMPLATE)
    assert np.linalg.det(matrix[:, :2]) > 0


@pytest.mark.parametrize("scale", [0.6, 1.0, 4.0, 11.0])
def test_landmarks_land_on_the_template_at_any_size(scale: float) -> None:
    marks = (TEMPLATE * scale + 60).astype(np.float32)
    frame = np.zeros((900, 1000, 3), np.uint8)
    for x, y in marks:
        cv2.circle(frame, (round(float(x)), round(float(y))), max(1, round(1.5 * scale)), (255, 255, 255), cv2.FILLED)
    crop = align(frame, marks, template=TEMPLATE, size=(48, 48))
    assert crop.shape == (48, 48)
    for x, y in TEMPLATE.astype(int):
        window = crop[y - 3 : y + 4, x - 3 : x + 4].astype(float)
        rows, columns = np.mgrid[-3:4, -3:4]
        assert abs((window * rows).sum() / window.sum()) < 0.8
        assert abs((window * columns).sum() / window.sum()) < 0.8


def test_a_face_at_the_frames_edge_still_gives_a_crop() -> None:
    crop = align(np.full((100, 100, 3), 200, np.uint8), TEMPLATE * 3 - 60, template=TEMPLATE, size=(48, 48))
    assert crop.shape == (48, 48)
