from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from inference.vision.training.protocols import digests, first_of_each, nearest, signatures_of, split_people

names = st.lists(st.text(min_size=1, max_size=8), min_size=1, max_size=50)


@given(names)
def test_a_person_is_in_one_split_only(people: list[str]) -> None:
    splits = split_people(people, validation=0.3, test=0.3)
    assert len(set(zip(people, splits.tolist(), strict=True))) == len(set(people))


@given(names, names)
def test_more_people_move_nobody(people: list[str], others: list[str]) -> None:
    alone = split_people(people, validation=0.3, test=0.3)
    assert split_people(people + others, validation=0.3, test=0.3)[: len(people)].tolist() == alone.tolist()


def test_shares_of_the_splits_are_about_those_asked_for() -> None:
    splits = split_people([str(i) for i in range(2000)], validation=0.1, test=0.2)
    assert 0.17 < (splits == "test").mean() < 0.23
    assert 0.08 < (splits == "validation").mean() < 0.12


def test_exact_copies_are_marked_once() -> None:
    image = np.arange(16, dtype=np.uint8).reshape(4, 4)
    keys = digests([image, image.T, image.copy()])
    assert first_of_each(keys).tolist() == [True, True, False]


def test_nearest_finds_the_re_lit_copy() -> None:
    random = np.random.default_rng(0)
    images = random.integers(0, 200, (5, 48, 48)).astype(np.uint8)
    index, similarity = nearest(signatures_of([images[3] // 2 + 20]), signatures_of(list(images)))
    assert index.tolist() == [3]
    assert similarity[0] > 0.98
