from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from inference.vision.training.experiments.paper000 import data_name, variant
from inference.vision.training.experiments.paper000_runs import augmented, chosen, outcome_of
from inference.vision.training.recipe import Input, Recipe, load_recipe
from inference.vision.training.samples import Samples
from inference.vision.types import silent_hook


@pytest.fixture(scope="module")
def recipe() -> Recipe:
    whole = load_recipe("eca_resnet", "protocol")
    brief = replace(whole.profile, epochs=1, batch=16)
    return replace(whole, profile=brief, input=Input(24, 0.5, 0.25), network={"widths": (8, 8, 8, 8)})


def faces(count: int) -> Samples:
    """``count`` pictures of as many people in three classes; every tenth is for the test."""
    truth = np.arange(count) % 3
    images = np.random.default_rng(0).integers(0, 256, (count, 32, 32), dtype=np.uint8)
    people, splits = np.arange(count).astype(str), np.where(np.arange(count) % 10 == 0, "test", "train")
    labels = np.full((count, 3), 1 / 3, np.float32)
    return Samples(images, labels, truth, people, splits, np.full(count, "made-up"), ("a", "b", "c"))


def test_120_training_faces_of_each_class_are_chosen_with_hard_labels() -> None:
    picked = chosen(faces(600))
    assert np.bincount(picked.truth).tolist() == [120, 120, 120]
    assert set(picked.splits) == {"train"}
    assert np.array_equal(picked.labels.argmax(axis=1), picked.truth)


def test_five_copies_of_each_begin_with_itself(recipe: Recipe) -> None:
    originals = faces(12)
    copies = augmented(originals, replace(recipe, input=Input(32, 0.5, 0.25)))
    assert len(copies.truth) == 60
    assert np.array_equal(copies.images[:12], originals.images)
    assert np.array_equal(copies.people, np.tile(originals.people, 5))
    assert not np.array_equal(copies.images[12:24], originals.images)


def test_a_clean_split_tests_originals_once_and_a_leaking_one_copies(recipe: Recipe, tmp_path: Path) -> None:
    copies = augmented(faces(30), recipe)
    clean = outcome_of(recipe, copies, "holdout", tmp_path / "clean", silent_hook)
    leaking = outcome_of(recipe, copies, "holdout_leaking", tmp_path / "leaking", silent_hook)
    assert (len(clean.correct), len(set(clean.originals))) == (6, 6)
    assert len(leaking.correct) == 30


def test_a_fold_that_was_told_is_not_trained_again(recipe: Recipe, tmp_path: Path) -> None:
    copies = augmented(faces(30), recipe)
    first = outcome_of(recipe, copies, "holdout", tmp_path, silent_hook)
    np.save(tmp_path / "0" / "told.npy", 1 - np.load(tmp_path / "0" / "told.npy").clip(0, 1))
    again = outcome_of(recipe, copies, "holdout", tmp_path, silent_hook)
    assert not (tmp_path / "0" / "checkpoint.pt").exists()
    assert not np.array_equal(first.correct, again.correct)


def test_the_plain_network_differs_in_attention_and_activation_alone(recipe: Recipe) -> None:
    plain = variant(recipe, "plain")
    assert dict(plain.network) == dict(recipe.network) | {"attention": "none", "activation": "relu"}
    assert variant(recipe, "eca") == recipe


def test_figures_are_named_as_the_bench_looks_for_them() -> None:
    assert data_name("holdout_leaking", "plain") == "valence_holdout_leaking_plain"
    assert data_name("10fold", "eca") == "valence_10fold"
