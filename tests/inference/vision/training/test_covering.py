"""Random things before faces: how much of the features they hide, and who is taught."""

from __future__ import annotations

import numpy as np
import pytest

from inference.vision.training.cover_faces import Faces, group_of, shown
from inference.vision.training.covering import BARE_SHARE, COVERED_SHARE, INNER_POINTS, covered
from inference.vision.training.covers import FALSE_SHARE, judged

SIDE_PX = 60


def face() -> tuple[np.ndarray, np.ndarray]:
    """A gray face of noise, and points that fill its middle."""
    random = np.random.default_rng(0)
    points = random.uniform(12, 48, (468, 2)).astype(np.float32)
    angle = np.linspace(0, 2 * np.pi, len(INNER_POINTS), endpoint=False)
    points[list(INNER_POINTS)] = 30 + 12 * np.column_stack([np.cos(angle), np.sin(angle)])
    return random.integers(100, 140, (SIDE_PX, SIDE_PX)).astype(np.uint8), points


def inner_change(is_bare: bool, seed: int) -> float:
    """The share of the features that was painted over."""
    image, points = face()
    drawn = covered(image, points, image, np.random.default_rng(seed), is_bare=is_bare)
    assert drawn is not None
    down, across = np.mgrid[:SIDE_PX, :SIDE_PX]
    inner = (across - 30) ** 2 + (down - 30) ** 2 < 11**2
    return float((drawn != image)[inner].mean())


@pytest.mark.parametrize("seed", range(6))
def test_a_bare_face_keeps_its_features_and_a_covered_one_does_not(seed: int) -> None:
    assert inner_change(is_bare=True, seed=seed) < BARE_SHARE + 0.2
    assert inner_change(is_bare=False, seed=seed) > COVERED_SHARE - 0.1


def test_the_same_seed_covers_the_same_way() -> None:
    image, points = face()
    first, second = (covered(image, points, image, np.random.default_rng(3), is_bare=False) for _ in range(2))
    np.testing.assert_array_equal(first, second)


def test_each_face_is_shown_bare_as_it_is_and_covered() -> None:
    image, points = face()
    faces = Faces(np.stack([image, image]), np.stack([points, points]), np.array(["A", "B"]))
    pictures = shown(faces, np.random.default_rng(0))
    assert set(pictures.rows) == {0, 1}
    np.testing.assert_array_equal(pictures.images[0], image)
    assert not pictures.is_covered[0]
    assert pictures.is_covered.sum() == 4


def test_a_person_is_always_in_the_same_of_ten_groups() -> None:
    people = [f"Person_{number}" for number in range(500)]
    groups = [group_of(person) for person in people]
    assert groups == [group_of(person) for person in people]
    assert set(groups) == set(range(10))


def test_the_threshold_calls_few_bare_faces_covered() -> None:
    random = np.random.default_rng(0)
    is_covered = np.arange(2000) % 2 == 0
    scores = np.clip(random.normal(0.3, 0.1, 2000) + 0.4 * is_covered, 0, 1).astype(np.float32)
    facts = judged(scores, is_covered)
    assert facts["false_share"] == pytest.approx(FALSE_SHARE, abs=0.002)
    assert facts["found_share"] > 0.9
