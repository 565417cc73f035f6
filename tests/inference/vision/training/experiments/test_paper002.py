from __future__ import annotations

import numpy as np
import pytest

from inference.vision.training.experiments.paper002_features import Described, answers
from inference.vision.training.experiments.paper002_images import COUNTS, drawn
from inference.vision.training.experiments.paper002_networks import variant
from inference.vision.training.experiments.paper002_record import gap
from inference.vision.training.experiments.paper002_space import tightness
from inference.vision.training.experiments.paper002_split import TESTED, split
from inference.vision.training.protocols import TEST, TRAIN
from inference.vision.training.samples import Samples
from inference.vision.training.weak_labels import LABELS

FEW = dict.fromkeys(LABELS, 3)


def faces(count: int = 120, seed: int = 0) -> Samples:
    """Numbered faces of all six classes; every second one is of a person with several pictures."""
    random, rows = np.random.default_rng(seed), np.arange(count)
    truth = rows % 6
    people = np.where(rows % 4 < 2, [f"often{row % 5}" for row in rows], [f"once{row}" for row in rows])
    labels = np.eye(6, dtype=np.float32)[truth]
    images = random.integers(0, 256, (count, 64, 64)).astype(np.uint8)
    return Samples(images, labels, truth, people, np.full(count, TRAIN), np.full(count, "lfw"), LABELS)


def test_paper_counts_add_up_to_2027_images_and_403_tested() -> None:
    assert sum(COUNTS.values()) == 2027
    assert sum(TESTED.values()) == 403


def test_drawn_faces_have_the_wanted_classes_and_prefer_people_with_several_pictures() -> None:
    chosen = drawn(faces(), counts=FEW)
    assert np.bincount(chosen.truth).tolist() == [3] * 6
    assert all(person.startswith("often") for person in chosen.people)


def test_the_same_seed_draws_the_same_faces() -> None:
    first, second, other = (drawn(faces(), counts=FEW, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(first.images, second.images)
    assert not np.array_equal(first.images, other.images)


def test_a_class_with_too_few_faces_is_refused_by_name() -> None:
    with pytest.raises(ValueError, match="tired has 20 faces"):
        drawn(faces(), counts=FEW | {"tired": 99})


def test_paper_split_holds_the_test_images_of_its_table() -> None:
    parts = split(faces(), counts=FEW)
    assert np.bincount(parts.truth[parts.splits == TEST]).tolist() == [3] * 6
    assert set(parts.splits) == {"train", "validation", "test"}


@pytest.mark.parametrize(
    ("name", "shrinkage", "centre"),
    [
        ("resnet", "none", "ratio"),
        ("se", "se", "ratio"),
        ("drsn", "channel", "ratio"),
        ("drsn_no_centre", "channel", "none"),
    ],
)
def test_variants_differ_in_one_thing_alone(name: str, shrinkage: str, centre: str) -> None:
    recipe, base = variant(name), variant("drsn")
    assert (recipe.network["shrinkage"], recipe.loss["centre"]) == (shrinkage, centre)
    assert recipe.profile == base.profile
    assert {k: v for k, v in recipe.network.items() if k != "shrinkage"} == {
        k: v for k, v in base.network.items() if k != "shrinkage"
    }


def test_gap_between_equal_answers_is_nothing() -> None:
    truth = np.arange(60) % 3
    assert gap(truth, truth, truth, np.arange(60).astype(str)) == (0, 0, 0)


def test_gap_is_the_difference_of_macro_f1_with_its_interval_around() -> None:
    truth = np.arange(600) % 2
    worse = np.where(np.arange(600) % 10 < 2, 1 - truth, truth)
    value, low, high = gap(truth, worse, truth, np.arange(600).astype(str))
    assert value == pytest.approx(0.2)
    assert 0.1 < low < value < high < 0.3


def test_classes_that_are_points_are_perfectly_tight() -> None:
    truth = np.array([0, 0, 1, 1])
    centres = np.array([[0.0, 0.0], [2.0, 0.0]], np.float32)
    assert tightness(centres[truth], truth) == 0
    apart = centres[truth] + np.array([[0, 1], [0, -1], [0, 1], [0, -1]], np.float32)
    assert tightness(apart, truth) == pytest.approx(1.0)  # squared distance 1 inside, 1 from the middle


def test_an_answer_is_given_for_every_set_of_features_from_training_faces_alone() -> None:
    random, truth = np.random.default_rng(0), np.arange(30) % 3
    clouds = (random.normal(size=(30, 6)) + 9 * np.eye(3, 6)[truth]).astype(np.float32)
    bags = [random.normal(size=(20, 128)).astype(np.float32) + 40 * label for label in truth]
    train, test = np.arange(24), np.arange(24, 30)
    said = answers(Described(clouds, clouds, bags, bags), truth, train, test)
    assert set(said) == {"cnn", "hog", "sift", "sift_dense", "fusion"}
    assert said["fusion"].tolist() == truth[test].tolist()
