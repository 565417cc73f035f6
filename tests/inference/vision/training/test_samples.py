"""Pictures and what may be done with them."""

from __future__ import annotations

import numpy as np

from inference.vision.training.samples import Samples, data_hash, without_copies


def samples_of(pictures: list[int], splits: list[str]) -> Samples:
    count = len(pictures)
    images = np.array(pictures, np.uint8)[:, None, None] * np.ones((1, 4, 4), np.uint8)
    labels, names = np.eye(2, dtype=np.float32)[np.arange(count) % 2], np.arange(count).astype(str)
    return Samples(images, labels, np.arange(count) % 2, names, np.array(splits), np.full(count, "a"), ("x", "y"))


def test_copies_leave_the_split_that_comes_before() -> None:
    samples = samples_of([1, 1, 2, 2, 3, 3, 4], ["train", "test", "train", "validation", "validation", "test", "train"])
    kept = without_copies(samples)
    assert kept.people.tolist() == ["1", "3", "5", "6"]


def test_copies_within_a_split_stay() -> None:
    assert len(without_copies(samples_of([1, 1], ["train", "train"])).images) == 2


def test_another_label_or_split_is_other_data() -> None:
    first = samples_of([1, 2], ["train", "test"])
    assert data_hash(first) != data_hash(samples_of([1, 2], ["train", "train"]))
    assert data_hash(first) == data_hash(samples_of([1, 2], ["train", "test"]))


def test_people_of_two_sets_are_told_apart() -> None:
    assert samples_of([1], ["train"]).everyone().tolist() == ["a/0"]
