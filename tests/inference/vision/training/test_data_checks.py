from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inference.vision.training.data_checks import DataError, check, ensure, listing
from inference.vision.training.samples import Samples

SPLITS = np.array(["train", "train", "validation", "validation", "test", "test"])


def samples(**changes: object) -> Samples:
    """Six pictures of six people, two classes in each split."""
    truth = np.array([0, 1] * 3)
    images = np.random.default_rng(0).integers(0, 256, (6, 4, 4), dtype=np.uint8)
    people = np.array([f"p{number}" for number in range(6)])
    whole = Samples(
        images, np.eye(2, dtype=np.float32)[truth], truth, people, SPLITS, np.full(6, "s"), ("calm", "glad")
    )
    return replace(whole, **changes)  # type: ignore[arg-type]


def test_good_data_pass() -> None:
    good = samples()
    assert check(good) == []
    assert ensure(good) is good


def test_missing_classes_and_empty_splits_are_named() -> None:
    problems = check(samples(truth=np.array([0, 1, 0, 0, -1, -1])))
    assert any("in the validation split: glad" in problem for problem in problems)
    assert any("The test split is empty" in problem for problem in problems)
    assert len(problems) == 2


def test_people_in_two_splits_are_named_unless_that_is_wanted() -> None:
    leaking = samples(people=np.array(["ann", "bob", "ann", "cid", "bob", "dan"]))
    assert check(leaking) == ["2 people are in more than one split: s/ann, s/bob. Give each person one split."]
    assert check(leaking, leak_ok=True) == []


def test_the_same_name_in_two_sets_is_two_people() -> None:
    assert check(samples(people=np.full(6, "1"), sources=np.array(list("abcdef")))) == []


def test_copies_across_splits_are_told_with_whose_they_are() -> None:
    images = samples().images.copy()
    images[4] = images[0]
    (problem,) = check(samples(images=images))
    assert problem.startswith("1 pictures are in more than one split, pixel by pixel: of s/p")


def test_copies_within_a_split_are_no_leak() -> None:
    images = samples().images.copy()
    images[1] = images[0]
    assert check(samples(images=images)) == []


def test_labels_that_do_not_add_up_and_classes_beyond_the_names_are_told() -> None:
    labels = samples().labels.copy()
    labels[2] = [0.5, np.nan]
    problems = check(samples(labels=labels, truth=np.array([0, 1, 0, 1, 0, 1]) + np.array([0, 0, 0, 0, 0, 5])))
    assert any("do not add up to 1: rows 2" in problem for problem in problems)
    assert any("beyond the 2 named ones: rows 5" in problem for problem in problems)


def test_no_pictures_at_all_is_told_alone() -> None:
    assert check(samples().where(np.zeros(6, bool))) == ["There are no pictures: check the folder after --data."]


def test_one_error_lists_everything() -> None:
    with pytest.raises(DataError, match=r"(?s)nothing was started\.\n- .*\n- ") as error:
        ensure(samples(truth=np.zeros(6, int), people=np.full(6, "ann")))
    assert str(error.value).count("\n- ") == 4


def test_a_listing_names_twenty_and_counts_the_rest() -> None:
    assert listing([str(number) for number in range(22)]).endswith("19 and 2 more")
    assert listing(["a", "b"]) == "a, b"
