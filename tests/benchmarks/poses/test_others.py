"""Other networks' order and signs are found from what they say, and what does not fit is refused."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.poses.others import convention_of, squared

MIRROR = np.array([-1.0, 1.0, -1.0])


def outputs(pose_deg: np.ndarray, seed: int) -> np.ndarray:
    """A network that gives roll, minus pitch and minus yaw, each with some error."""
    noise = np.random.default_rng(seed).normal(0, 2, pose_deg.shape)
    return np.stack([pose_deg[:, 2], -pose_deg[:, 1], -pose_deg[:, 0]], axis=1) + noise


@pytest.fixture
def pose_deg() -> np.ndarray:
    return np.random.default_rng(0).uniform(-40, 40, (200, 3))


def test_order_and_signs_are_found(pose_deg: np.ndarray) -> None:
    raw = outputs(pose_deg, 1)
    found = convention_of(raw, pose_deg, plain=raw, mirrored=outputs(pose_deg * MIRROR, 2))
    assert found.order.tolist() == [2, 1, 0]
    assert found.signs.tolist() == [-1, -1, 1]
    assert np.abs(found.aligned(raw) - pose_deg).mean() < 3


def test_a_network_that_a_mirror_does_not_turn_around_is_refused(pose_deg: np.ndarray) -> None:
    raw = outputs(pose_deg, 1)
    with pytest.raises(ValueError, match="mirror"):
        convention_of(raw, pose_deg, plain=raw, mirrored=outputs(pose_deg, 2))


def test_a_network_of_one_angle_is_refused(pose_deg: np.ndarray) -> None:
    raw = np.repeat(pose_deg[:, :1], 3, axis=1) + np.random.default_rng(3).normal(0, 1, pose_deg.shape)
    with pytest.raises(ValueError, match="No convention fits"):
        convention_of(raw, pose_deg, plain=raw, mirrored=-raw)


def test_the_square_about_a_box_has_its_middle_and_margin() -> None:
    image = np.zeros((100, 100, 3), np.uint8)
    image[40:60, 30:50] = 255
    crop = squared(image, np.array([30, 40, 50, 60], np.float32), margin=1.0, side_px=40)
    assert (crop[12:28, 12:28] == 255).all()
    assert (crop[:8] == 0).all() and (crop[:, -8:] == 0).all()
