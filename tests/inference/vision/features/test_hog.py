from __future__ import annotations

import math

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.vision.features.hog import hog


def faces(count: int = 2, seed: int = 0, *, smooth_px: float = 2.5) -> np.ndarray:
    """Smooth pictures with edges in all directions."""
    noise = np.random.default_rng(seed).normal(size=(count, 64, 64))
    smooth = np.stack([cv2.GaussianBlur(image, (0, 0), smooth_px) for image in noise])
    return np.asarray((smooth - smooth.min()) / np.ptp(smooth) * 255, np.uint8)


def slow_cells(face: np.ndarray) -> list[list[list[float]]]:
    """Eq. 1 to 5, pixel by pixel: 8 x 8 cells of 9 sums."""
    cells = [[[0.0] * 9 for _ in range(8)] for _ in range(8)]
    light = [[math.sqrt(value / 255) for value in row] for row in face.tolist()]
    for y in range(64):
        for x in range(64):
            across = light[y][x + 1] - light[y][x - 1] if 0 < x < 63 else 0.0
            down = light[y + 1][x] - light[y - 1][x] if 0 < y < 63 else 0.0
            angle = math.degrees(math.atan2(down, across)) % 180
            cells[y // 8][x // 8][int(angle // 20) % 9] += math.hypot(across, down)
    return cells


def slow_hog(face: np.ndarray, norm: str) -> list[float]:
    cells, values = slow_cells(face), []
    for y in range(7):
        for x in range(7):
            block = cells[y][x] + cells[y][x + 1] + cells[y + 1][x] + cells[y + 1][x + 1]
            if norm == "max":
                values += [value / max(max(block), 1e-5) for value in block]
                continue
            for limit in (0.2, math.inf):
                length = math.sqrt(sum(value**2 for value in block) + 1e-10)
                block = [min(value / length, limit) for value in block]
            values += block
    return values


@pytest.mark.parametrize("norm", ["max", "L2-Hys"])
def test_fast_hog_matches_the_plain_loop(norm: str) -> None:
    pictures = faces()
    for face, fast in zip(pictures, hog(pictures, norm=norm), strict=True):  # type: ignore[arg-type]
        slow = np.array(slow_hog(face, norm))
        # a direction on the edge of two bins may fall to either side in float32
        assert np.mean(np.abs(fast - slow) > 1e-3) < 0.01


def test_a_face_of_64_px_has_1764_values() -> None:
    assert hog(faces(3)).shape == (3, 1764)


def test_another_size_is_refused_with_the_size_it_takes() -> None:
    with pytest.raises(ValueError, match="64"):
        hog(np.zeros((1, 48, 48), np.uint8))


@settings(max_examples=10, deadline=None)
@given(st.integers(0, 10_000))
def test_the_largest_value_of_every_block_is_one_by_equation_6(seed: int) -> None:
    blocks = hog(faces(1, seed)).reshape(49, 36)
    assert blocks.max(axis=1) == pytest.approx(np.ones(49))
    assert blocks.min() >= 0


def test_a_flat_face_is_all_zero() -> None:
    assert not hog(np.full((1, 64, 64), 90, np.uint8)).any()


def test_each_face_of_a_batch_is_described_alone() -> None:
    pictures = faces(3)
    np.testing.assert_allclose(hog(pictures)[1:2], hog(pictures[1:2]), rtol=1e-5)


def test_a_vertical_edge_votes_for_the_horizontal_gradient() -> None:
    edge = np.zeros((1, 64, 64), np.uint8)
    edge[:, :, 32:] = 200
    blocks = hog(edge).reshape(49, 4, 9)
    assert blocks[:, :, 0].max() == pytest.approx(1)
    assert not blocks[:, :, 1:].any()


def test_hog_agrees_with_opencv_up_to_its_smoother_votes() -> None:
    """OpenCV spreads each vote over neighbouring cells and directions, so only the likeness is the same."""
    opencv = cv2.HOGDescriptor((64, 64), (16, 16), (8, 8), (8, 8), 9, 1, -1, 0, 0.2, True)
    face = faces(1, smooth_px=6)
    theirs = np.asarray(opencv.compute(face[0])).reshape(7, 7, 2, 2, 9).transpose(1, 0, 3, 2, 4).ravel()
    assert np.corrcoef(hog(face, norm="L2-Hys")[0], theirs)[0, 1] > 0.75
