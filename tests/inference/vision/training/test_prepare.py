from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inference.vision.training.measure import mouth_openness, usual_pose_removed
from inference.vision.training.prepare import align, average_template
from inference.vision.training.teachers import BLENDSHAPE_POINTS, five_points, head_pose

TEMPLATE = np.array([[15, 19], [33, 19], [24, 29], [17, 36], [31, 36]], np.float32)
SHARED_DATA = Path(__file__).resolve().parents[5] / "shared" / "data"


def flat_mesh() -> np.ndarray[tuple[int, int, int], np.dtype[np.float32]]:
    """A face that looks straight ahead: eye corners level, the nose's base below them, no depth."""
    points = np.zeros((1, 478, 3), np.float32)
    points[0, 33], points[0, 263], points[0, 2] = (-1, 0, 0), (1, 0, 0), (0, 1, 0)
    return points


def test_aligned_points_fall_on_the_template() -> None:
    angle, scale, shift = 0.3, 2.5, np.array([20, 10])
    turn = scale * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    points = (TEMPLATE @ turn.T + shift).astype(np.float32)
    image = np.zeros((200, 200), np.uint8)
    x, y = points[2].round().astype(int)
    image[y - 3 : y + 4, x - 3 : x + 4] = 255
    crop = align(image, points, TEMPLATE, 48)
    brightest = np.argwhere(crop == crop.max()).mean(axis=0)
    assert crop.shape == (48, 48)
    assert np.abs(brightest[::-1] - TEMPLATE[2]).max() < 1


def test_average_template_is_symmetric() -> None:
    crooked = TEMPLATE + np.array([[1, 0], [0, 0], [0, 1], [0, 0], [2, 1]], np.float32)
    template = average_template(crooked[None], np.zeros((1, 3), np.float32))
    assert template[0, 1] == template[1, 1]
    assert template[[0, 1], 0].sum() == pytest.approx(template[[3, 4], 0].sum(), abs=1e-4)


def test_a_flat_face_looks_straight_ahead() -> None:
    assert head_pose(flat_mesh())[0].tolist() == pytest.approx([0, 0, 0])


@pytest.mark.parametrize(
    ("point", "depth", "axis"),
    [(263, 1.0, 0), (2, -1.0, 1)],  # the eye on the image's right is farther; the nose's base is nearer
)
def test_turned_to_the_images_right_and_looking_up_are_positive(point: int, depth: float, axis: int) -> None:
    points = flat_mesh()
    points[0, point, 2] = depth
    assert head_pose(points)[0, axis] > 10


def test_usual_pose_is_removed_per_group() -> None:
    pose = np.array([[10, 0, 0], [12, 0, 0], [14, 0, 0], [-30, 5, 0]], np.float32)
    centred = usual_pose_removed(pose, np.array(["a", "a", "a", "b"]), np.ones(4, bool))
    assert centred[:, 0].tolist() == [-2, 0, 2, 0]


def test_mouth_openness_is_height_over_width() -> None:
    points = np.zeros((1, 478, 3), np.float32)
    points[0, 14], points[0, 308] = (0, 2, 0), (4, 0, 0)
    assert mouth_openness(points).tolist() == [0.5]


def test_five_points_run_left_to_right_as_seen() -> None:
    points = np.zeros((1, 478, 3), np.float32)
    points[0, [33, 133], 0], points[0, [362, 263], 0] = (10, 14), (30, 34)
    assert five_points(points)[0, :2, 0].tolist() == [12, 32]


def test_the_blendshape_network_takes_146_points() -> None:
    assert len(set(BLENDSHAPE_POINTS)) == 146


@pytest.mark.shared
def test_ckplus_people_stay_in_one_split() -> None:
    from inference.vision.training.datasets import load_ckplus

    source = load_ckplus(SHARED_DATA)
    assert len(set(zip(source.people.tolist(), source.splits.tolist(), strict=True))) == len(
        set(source.people.tolist())
    )
    assert set(source.splits.tolist()) == {"train", "validation", "test"}
