"""Pictures that belong together stay together."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.vision.training.groups import alike_names, group_names, likeness
from inference.vision.types import FloatArray, ImageArray


def unit(vectors: FloatArray) -> FloatArray:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def slow_groups(vectors: FloatArray, names: list[str], above: float) -> list[set[int]]:
    """Merge groups pair by pair until none can be merged."""
    groups = [{row} for row in range(len(names))]
    for i in range(len(names)):
        for j in range(i):
            if names[i] == names[j] or float(vectors[i] @ vectors[j]) > above:
                first, second = (next(group for group in groups if row in group) for row in (i, j))
                if first is not second:
                    groups.remove(second)
                    first |= second
    return groups


def noise(count: int, side_px: int = 32) -> ImageArray:
    return np.random.default_rng(3).integers(0, 256, (count, side_px, side_px)).astype(np.uint8)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 2**16), st.floats(0.3, 0.95))
def test_groups_are_those_of_merging_pair_by_pair(seed: int, above: float) -> None:
    random = np.random.default_rng(seed)
    vectors = unit(random.normal(0, 1, (12, 3)).astype(np.float32))
    names = [f"n{number}" for number in random.integers(0, 9, 12)]
    found = group_names(vectors, names, above=above)
    expected = {frozenset(group) for group in slow_groups(vectors, names, above)}
    assert {frozenset(np.flatnonzero(found == name).tolist()) for name in set(found.tolist())} == expected


def test_a_group_is_called_after_its_smallest_name() -> None:
    vectors = unit(np.array([[1, 0], [1, 0.01], [0, 1]], np.float32))
    assert group_names(vectors, ["c", "b", "a"], above=0.9).tolist() == ["b", "b", "a"]


def test_a_mirrored_copy_is_as_alike_as_the_picture_itself() -> None:
    images = noise(2)
    both = np.concatenate([images, images[:, :, ::-1]])
    who = unit(np.ones((4, 5), np.float32))
    alike = likeness(both, who)
    assert np.allclose(np.diag(alike), 1, atol=1e-4)
    assert np.allclose([alike[0, 2], alike[1, 3]], 1, atol=0.01)
    assert alike[0, 1] < 0.8


def test_one_lookalike_does_not_join_two_people() -> None:
    alike = np.full((5, 5), 0.1, np.float32)
    alike[:2, :2] = alike[2:4, 2:4] = 0.9
    alike[4, :4] = alike[:4, 4] = 0.55
    np.fill_diagonal(alike, 1)
    found = alike_names(alike, ["a", "b", "c", "d", "e"], above=0.5)
    assert found[0] == found[1] != found[2] == found[3]
