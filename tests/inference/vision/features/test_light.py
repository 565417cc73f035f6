from __future__ import annotations

import numpy as np
import pytest

from inference.vision.features.light import equalised, gamma_corrected, gamma_for, min_max, restored
from inference.vision.types import ImageArray


def dark_face() -> ImageArray:
    return np.random.default_rng(0).integers(5, 40, (48, 48)).astype(np.uint8)


def test_min_max_is_division_by_255_as_the_papers_eq_3_has_it() -> None:
    ramp = np.arange(256, dtype=np.uint8)
    assert np.allclose(min_max(ramp), [(level - 0) / (255 - 0) for level in range(256)])


def test_gamma_equals_a_loop_over_the_pixels() -> None:
    image = np.array([[0, 1, 60], [128, 254, 255]], np.uint8)
    slow = [[round(255 * (int(level) / 255) ** 0.5) for level in row] for row in image]
    assert gamma_corrected(image, 0.5).tolist() == slow


def test_gamma_of_one_changes_nothing() -> None:
    assert np.array_equal(gamma_corrected(dark_face(), 1.0), dark_face())


@pytest.mark.parametrize("gamma", [0.0, -1.0])
def test_gamma_that_is_not_positive_is_refused(gamma: float) -> None:
    with pytest.raises(ValueError, match="above 0"):
        gamma_corrected(dark_face(), gamma)


def test_dark_face_is_lightened_and_a_light_one_left_alone() -> None:
    dark, light = dark_face(), np.full((4, 4), 200, np.uint8)
    assert gamma_corrected(dark, gamma_for(dark)).mean() > dark.mean() + 20
    assert gamma_for(light) == 1.0


def test_equalised_face_uses_more_of_the_levels() -> None:
    face = dark_face()
    assert np.ptp(equalised(face)) > np.ptp(face)
    assert equalised(face).shape == face.shape


def test_equalising_keeps_the_hue() -> None:
    reddish = np.repeat(dark_face()[..., None], 3, axis=2)
    reddish[..., 2] *= 3
    changed = equalised(reddish)
    assert changed.shape == reddish.shape
    assert (changed[..., 2] > changed[..., 0]).mean() > 0.95


def test_a_face_in_ordinary_light_is_left_as_it_is() -> None:
    face = np.random.default_rng(0).integers(40, 200, (96, 96)).astype(np.uint8)
    assert restored(face) is face


def test_a_dim_face_gets_an_ordinary_spread_around_the_middle() -> None:
    face = np.random.default_rng(0).integers(5, 55, (96, 96)).astype(np.uint8)
    low, high = np.percentile(restored(face), (1, 99))
    assert high - low == pytest.approx(3 * 49, abs=4)
    assert (low + high) / 2 == pytest.approx(125, abs=2)


def test_a_washed_out_face_gets_an_ordinary_spread_too() -> None:
    face = np.random.default_rng(0).integers(150, 200, (96, 96)).astype(np.uint8)
    assert np.percentile(restored(face), 1) < 60


def test_restoring_keeps_the_order_of_levels() -> None:
    ramp = np.tile(np.arange(20, 60, dtype=np.uint8), (4, 1))
    assert (np.diff(restored(ramp).astype(int), axis=1) >= 0).all()


@pytest.mark.parametrize("level", [0, 7, 255])
def test_a_picture_of_one_level_becomes_the_middle(level: int) -> None:
    assert (restored(np.full((8, 8), level, np.uint8)) == 125).all()
