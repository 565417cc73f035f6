"""Weighted equalisation and edge enhancement against plain loops, on ramps, steps and noise."""

from __future__ import annotations

import math

import numpy as np
import pytest

from inference.vision.features.preprocessing import (
    FAR_PX,
    edge_distances,
    edge_enhancement,
    edge_map,
    weighted_equalisation,
)
from inference.vision.types import ImageArray

SIDE = 24
STRAIGHT, OBLIQUE = 0.955, 1.3693
STEEP = (10, 11, 12)


def ramp(low: int = 40, high: int = 120) -> ImageArray:
    return np.tile(np.linspace(low, high, SIDE).astype(np.uint8), (SIDE, 1))


def step(column: int = 10) -> ImageArray:
    face = np.full((SIDE, SIDE), 60, np.uint8)
    face[:, column:] = 180
    return face


def steep_ramp() -> ImageArray:
    """A ramp of one level a pixel that climbs by twenty at each of three columns."""
    return np.tile(np.cumsum(np.where(np.isin(np.arange(SIDE), STEEP), 20, 1)).astype(np.uint8), (SIDE, 1))


def noise() -> ImageArray:
    values = np.random.default_rng(5).normal(110, 25, (SIDE, SIDE))
    return values.clip(0, 255).astype(np.uint8)


def equalised_by_loops(face: ImageArray, beta: float, low_percentile: float) -> ImageArray:
    """Equations 1 to 3 of the paper, one level and one pixel after the other."""
    total = face.size
    probability = [int((face == level).sum()) / total for level in range(256)]
    occurring = [p for p in probability if p > 0]
    tau1 = beta * max(occurring)
    tau2 = min(float(np.percentile(occurring, low_percentile)), tau1 / 2)
    weighted = []
    for p in probability:
        if p > tau1:
            weighted.append(tau1)
        elif p < tau2:
            weighted.append(0.0)
        else:
            weighted.append((p - tau2) / (tau1 - tau2) * tau1)
    answer = face.copy()
    for row in range(SIDE):
        for column in range(SIDE):
            answer[row, column] = round(255 * sum(weighted[: face[row, column] + 1]) / sum(weighted))
    return answer


def edges_by_loops(face: ImageArray) -> np.ndarray:
    """A 5x5 Gaussian (sigma 1), Sobel's two kernels, and the bound; borders are mirrored without the edge pixel."""
    bell = np.exp(-(np.arange(-2, 3) ** 2) / 2)
    bell = bell / bell.sum()
    smooth = filtered(face.astype(float), np.outer(bell, bell))
    across = filtered(smooth, np.outer([1, 2, 1], [-1, 0, 1]))
    down = filtered(smooth, np.outer([-1, 0, 1], [1, 2, 1]))
    gradient = np.vectorize(math.hypot)(across, down)
    return np.asarray(gradient > gradient.mean() + gradient.std() + 1e-3)


def filtered(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    half = len(kernel) // 2
    padded = np.pad(image, half, mode="reflect")
    answer = np.zeros_like(image)
    for row in range(SIDE):
        for column in range(SIDE):
            answer[row, column] = (padded[row : row + 2 * half + 1, column : column + 2 * half + 1] * kernel).sum()
    return answer


def distances_by_loops(edges: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each pixel against each edge pixel; the chamfer path goes oblique as far as it can, then straight."""
    euclidean, chamfer = np.zeros(edges.shape), np.zeros(edges.shape)
    for row in range(SIDE):
        for column in range(SIDE):
            gaps = [(abs(row - y), abs(column - x)) for y, x in np.argwhere(edges)]
            euclidean[row, column] = min(math.hypot(dy, dx) for dy, dx in gaps)
            chamfer[row, column] = min(OBLIQUE * min(gap) + STRAIGHT * (max(gap) - min(gap)) for gap in gaps)
    return euclidean, chamfer


@pytest.mark.parametrize("beta", [0.3, 0.5, 0.9])
@pytest.mark.parametrize("face", [ramp(), step(), noise()], ids=["ramp", "step", "noise"])
def test_weighted_equalisation_equals_the_plain_loop(face: ImageArray, beta: float) -> None:
    fast = weighted_equalisation(face, beta=beta, low_percentile=5)
    assert np.abs(fast.astype(int) - equalised_by_loops(face, beta, 5).astype(int)).max() <= 1


def test_a_narrow_ramp_is_spread_over_nearly_all_levels() -> None:
    spread = weighted_equalisation(ramp())
    assert int(spread.max()) == 255
    assert int(spread.max()) - int(spread.min()) > 2.5 * (120 - 40)


def test_levels_keep_their_order() -> None:
    row = weighted_equalisation(ramp())[0].astype(int)
    assert (np.diff(row) >= 0).all()


def test_darker_ramp_is_equalised_to_the_same_picture() -> None:
    assert np.array_equal(weighted_equalisation(ramp(20, 100)), weighted_equalisation(ramp(60, 140)))


def test_a_common_level_is_spread_less_with_a_lower_beta() -> None:
    face = noise()
    face[:, :12] = 110
    gaps = []
    for beta in (0.1, 0.9):
        levels = weighted_equalisation(face, beta=beta).astype(int)
        gaps.append(int(levels[face == 110][0] - levels[face < 110].max()))
    assert gaps[0] < gaps[1]


def test_a_face_of_one_level_stays_as_it_is() -> None:
    flat = np.full((SIDE, SIDE), 90, np.uint8)
    assert np.array_equal(weighted_equalisation(flat), flat)


@pytest.mark.parametrize(
    "face", [step(), step(5), steep_ramp(), noise()], ids=["step", "early step", "steep ramp", "noise"]
)
def test_edges_equal_those_of_the_plain_loop(face: ImageArray) -> None:
    assert np.array_equal(edge_map(face), edges_by_loops(face))


def test_a_step_is_an_edge_and_an_even_ramp_has_none() -> None:
    found = np.flatnonzero(edge_map(step())[12])
    assert found.tolist() == [8, 9, 10, 11]
    assert not edge_map(np.tile(np.arange(0, 2 * SIDE, 2, dtype=np.uint8), (SIDE, 1)))[:, 2:-2].any()


def test_edges_do_not_change_with_the_light() -> None:
    face = noise() // 2
    assert np.array_equal(edge_map(face), edge_map(face + 80))


def test_distances_equal_those_of_the_plain_loop() -> None:
    edges = np.zeros((SIDE, SIDE), bool)
    edges[3, 4] = edges[10:14, 20] = edges[22, 1:9] = True
    for fast, slow in zip(edge_distances(edges), distances_by_loops(edges), strict=True):
        np.testing.assert_allclose(fast, slow, atol=2e-3)


def test_distances_grow_evenly_on_both_sides_of_a_ramps_steep_part() -> None:
    edges = edge_map(steep_ramp())
    columns = np.flatnonzero(edges[0])
    assert set(STEEP) <= set(columns.tolist()) <= set(range(STEEP[0] - 2, STEEP[-1] + 3))
    away = np.abs(np.arange(SIDE)[:, None] - columns).min(axis=1)
    for fast, a_pixel in zip(edge_distances(edges), (1.0, STRAIGHT), strict=True):
        np.testing.assert_allclose(fast, np.tile(a_pixel * away, (SIDE, 1)), atol=2e-3)


def test_enhancement_mixes_the_face_with_its_nearness_to_edges() -> None:
    face = step()
    euclidean, chamfer = distances_by_loops(edges_by_loops(face))
    nearness = 255 * np.maximum(0, 1 - (euclidean + chamfer) / 2 / 6)
    expected = 0.5 * face + 0.5 * nearness
    assert np.abs(edge_enhancement(face).astype(float) - expected).max() <= 0.6


def test_away_from_edges_only_the_face_is_left() -> None:
    assert edge_enhancement(step())[:, 20:].max() == 90


def test_without_edges_every_pixel_is_far() -> None:
    none = np.zeros((SIDE, SIDE), bool)
    assert [float(distances.min()) for distances in edge_distances(none)] == [FAR_PX, FAR_PX]
    flat = np.full((SIDE, SIDE), 90, np.uint8)
    assert (edge_enhancement(flat) == 45).all()
