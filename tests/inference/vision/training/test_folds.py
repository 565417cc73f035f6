from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.vision.training.folds import (
    AUGMENTED,
    RATIOS,
    Fold,
    group_folds,
    group_split,
    random_folds,
    random_split,
    random_splits,
)

PEOPLE = st.lists(st.integers(0, 12), min_size=15, max_size=80).filter(lambda people: len(set(people)) >= 4)
ORIGINALS = np.tile(np.arange(60).astype(str), 5)


def is_complete(fold: Fold, count: int) -> bool:
    return sorted([*fold.train, *fold.test]) == list(range(count))


@given(PEOPLE, st.sampled_from(sorted(RATIOS)), st.integers(0, 5))
def test_nobody_stands_on_both_sides_of_a_group_split(people: list[int], ratio: str, seed: int) -> None:
    groups = np.array(people)
    fold = group_split(groups, ratio=ratio, seed=seed)
    assert is_complete(fold, len(groups))
    assert set(groups[fold.train]).isdisjoint(groups[fold.test])
    assert len(fold.train) > 0


@given(PEOPLE, st.integers(2, 4), st.integers(0, 5))
def test_every_row_is_tested_once_and_people_stay_whole(people: list[int], folds: int, seed: int) -> None:
    groups = np.array(people)
    parts = group_folds(groups, folds=folds, seed=seed)
    assert sorted(np.concatenate([fold.test for fold in parts])) == list(range(len(groups)))
    for fold in parts:
        assert is_complete(fold, len(groups))
        assert set(groups[fold.train]).isdisjoint(groups[fold.test])


@pytest.mark.parametrize(("ratio", "tested"), [("8:2", 72), ("4:1", 72), ("3:1", 90), ("9:1", 36)])
def test_a_random_split_tests_the_share_that_its_name_says(ratio: str, tested: int) -> None:
    fold = random_split(360, ratio=ratio, seed=1)
    assert len(fold.test) == tested
    assert is_complete(fold, 360)


def test_random_folds_are_of_equal_size() -> None:
    assert [len(fold.test) for fold in random_folds(103, folds=10, seed=0)] == [11] * 3 + [10] * 7


def test_repeats_differ_and_the_same_seed_gives_the_same() -> None:
    first, again = (random_splits(50, ratio="8:2", seed=3) for _ in range(2))
    assert all(np.array_equal(a.test, b.test) for a, b in zip(first, again, strict=True))
    assert len({tuple(fold.test) for fold in first}) == 10


@pytest.mark.parametrize("protocol", sorted(AUGMENTED))
def test_copies_of_an_original_stand_on_both_sides_only_where_the_name_says_leaking(protocol: str) -> None:
    for fold in AUGMENTED[protocol](ORIGINALS, 1):
        leaks = bool(set(ORIGINALS[fold.train]) & set(ORIGINALS[fold.test]))
        assert leaks == protocol.endswith("leaking")


def test_the_papers_own_split_tests_360_of_1800() -> None:
    fold = AUGMENTED["holdout_leaking"](np.tile(np.arange(360), 5), 1)[0]
    assert (len(fold.train), len(fold.test)) == (1440, 360)


def test_too_few_people_are_refused() -> None:
    with pytest.raises(ValueError, match="cannot be split into 10"):
        group_folds(np.array([1, 1, 2]), seed=0)


def test_an_unknown_ratio_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match="8:2, 4:1, 3:1, 9:1"):
        random_split(10, ratio="7:3", seed=0)
