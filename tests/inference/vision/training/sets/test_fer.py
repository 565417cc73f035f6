"""Labels made of FER2013's and of FER+ votes, on a made-up file of eleven pictures."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inference.vision.training.recipe import Recipe, load_recipe
from inference.vision.training.samples import Samples
from inference.vision.training.sets import load_samples
from inference.vision.training.sets.fer import BASIC, OWN_LABEL

HAPPY, NEUTRAL = BASIC.index("happy"), BASIC.index("neutral")
VOTES = {"neutral": 0, "happiness": 1, "surprise": 2, "sadness": 3, "contempt": 7, "unknown": 8}


def votes(**counts: int) -> list[int]:
    row = [0] * 10
    for name, count in counts.items():
        row[VOTES[name]] = count
    return row


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    random = np.random.default_rng(0)
    images = random.integers(0, 255, (6, 48, 48)).astype(np.uint8)
    images[5] = images[0]  # a copy of a training picture in the public test
    np.savez(
        tmp_path / "fer2013plus.npz",
        images=images,
        votes=np.array(
            [
                votes(happiness=10),
                votes(neutral=5, sadness=5),
                votes(surprise=8, happiness=2),
                votes(contempt=7, unknown=3),
                votes(happiness=4, neutral=6),
                votes(happiness=10),
            ],
            np.uint8,
        ),
        fer2013_label=np.array([HAPPY, NEUTRAL, HAPPY, 255, NEUTRAL, HAPPY], np.uint8),
        fer2013_label_ambiguous=np.array([0, 0, 1, 0, 0, 0], np.uint8),
        split=np.array([0, 0, 0, 0, 1, 1], np.uint8),
    )
    np.savez(tmp_path / "bored_focused.npz", images=random.integers(0, 255, (1, 48, 48)).astype(np.uint8), label=[0])
    return tmp_path


def load(folder: Path, name: str) -> Samples:
    recipe: Recipe = replace(load_recipe("drsn", "default"), data=name)
    return load_samples(folder, folder / "cache", recipe)


def test_a_label_is_the_sets_own_mixed_with_the_votes(folder: Path) -> None:
    samples = load(folder, "fer2013")
    row = samples.labels[(samples.truth == NEUTRAL) & (samples.splits == "test")][0]
    assert row[NEUTRAL] == pytest.approx(OWN_LABEL + (1 - OWN_LABEL) * 0.6)
    assert row[HAPPY] == pytest.approx((1 - OWN_LABEL) * 0.4)
    assert np.allclose(samples.labels.sum(axis=1), 1)


def test_own_labels_alone_have_no_votes_in_them(folder: Path) -> None:
    samples = load(folder, "fer2013-own").where(load(folder, "fer2013").truth >= 0)
    assert np.array_equal(samples.labels, np.eye(len(BASIC), dtype=np.float32)[samples.truth])


def test_copies_of_test_pictures_leave_the_training_set(folder: Path) -> None:
    samples = load(folder, "fer2013")
    assert (samples.splits == "test").sum() == 2
    assert len(samples.images) == 5


def test_unlabelled_and_ambiguous_pictures_have_no_class(folder: Path) -> None:
    assert (load(folder, "fer2013").truth == -1).sum() == 2


def test_six_classes_leave_neutral_out(folder: Path) -> None:
    samples = load(folder, "fer2013-six")
    assert samples.names == BASIC[:-1]
    assert set(samples.truth.tolist()) == {HAPPY}
    assert np.allclose(samples.labels.sum(axis=1), 1)


def test_an_unknown_set_is_refused_by_name(folder: Path) -> None:
    with pytest.raises(ValueError, match=r"No set is called 'faces'; there are: .*ckplus"):
        load(folder, "faces")
