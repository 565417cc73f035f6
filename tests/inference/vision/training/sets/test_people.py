"""Folders of people: nobody in two splits, colour kept, and an embedding that learns from them without a teacher."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inference.vision.training.data_checks import DataError
from inference.vision.training.embedding import Embedding
from inference.vision.training.fit import fit
from inference.vision.training.plot_points import read_history
from inference.vision.training.protocols import TEST, TRAIN, VALIDATION
from inference.vision.training.samples import Samples
from inference.vision.training.sets.people import load
from inference.vision.types import silent_hook
from tests.inference.vision.training.sets.made_up import cut, picture, put
from tests.inference.vision.training.test_embedding import PROFILE, RECIPE

PEOPLE, PHOTOS = 40, 2
UNTAUGHT = replace(RECIPE, data="people", loss={"teacher_weight": 0.0, "people_weight": 1.0})


def photo(seed: int) -> np.ndarray[tuple[int, ...], np.dtype[np.uint8]]:
    return np.stack([picture(seed, 30, 28), picture(seed, 30, 28) // 2, picture(seed, 30, 28) // 4], axis=2)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for person in range(PEOPLE):
        for number in range(PHOTOS):
            put(tmp_path / f"person{person}" / f"{number}.png", photo(PHOTOS * person + number))
    return tmp_path


def people_in(folder: Path) -> Samples:
    return load(folder, folder, UNTAUGHT, silent_hook)


def test_nobody_is_in_two_splits_and_every_split_has_people(folder: Path) -> None:
    samples = people_in(folder)
    parts = {split: set(samples.people[samples.splits == split].tolist()) for split in (TRAIN, VALIDATION, TEST)}
    assert all(parts.values())
    assert sum(len(part) for part in parts.values()) == len(set(samples.people.tolist())) == PEOPLE
    assert len(parts[TRAIN]) > len(parts[VALIDATION]) + len(parts[TEST])


def test_people_of_the_training_are_numbered_and_colour_stays(folder: Path) -> None:
    samples = people_in(folder)
    assert samples.images.shape == (PEOPLE * PHOTOS, 20, 20, 3)
    assert (samples.images[..., 0].mean() / samples.images[..., 2].mean()) == pytest.approx(4, rel=0.05)
    learned = samples.splits == TRAIN
    assert (samples.truth[~learned] == -1).all()
    assert [samples.names[row] for row in samples.truth[learned]] == samples.people[learned].tolist()


def test_an_embedding_learns_from_them_without_a_teacher(folder: Path) -> None:
    profile = replace(PROFILE, epochs=2, monitor="auc")
    best = fit(Embedding(replace(UNTAUGHT, profile=profile), people_in(folder)), folder / "run")
    history = read_history(folder / "run" / "history.csv")
    assert best.is_file()
    assert np.isfinite(history["train_loss"]).all()
    assert (history["train_loss"] > 0).all()


def test_a_profile_that_asks_a_teacher_is_refused(folder: Path) -> None:
    with pytest.raises(DataError, match="Profile tiny learns from a teacher"):
        load(folder, folder, RECIPE, silent_hook)


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    cut(put(tmp_path / "ann" / "1.png", photo(0)))
    with pytest.raises(DataError) as error:
        people_in(tmp_path)
    told = str(error.value)
    assert "1 pictures cannot be read: ann/1.png" in told
    assert "The train split has fewer than 2 people with several pictures" in told
    assert "The validation split has fewer than 2 people" in told


def test_an_empty_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="There are no pictures"):
        people_in(tmp_path)
