from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from inference.vision.training.embedding import OTHERS, Embedding, endless, people_in_pairs
from inference.vision.training.fit import fit
from inference.vision.training.plot_points import read_history
from inference.vision.training.protocols import TRAIN, VALIDATION
from inference.vision.training.recipe import Input, Profile, Recipe, load_recipe
from inference.vision.training.samples import Samples
from inference.vision.training.verification import unit

PROFILE = Profile(batch=16, epochs=3, epoch_samples=64, learning_rate=5e-3, warmup_epochs=0, monitor="agreement")
RECIPE = Recipe(
    family="facenet", name="tiny", data="lfw", input=Input(16, 0.5, 0.5, margin_px=2), profile=PROFILE,
    network={"width": 0.125, "dimensions": 8, "dropout": 0.0}, loss={"teacher_weight": 1.0}, kind="embedding",
)  # fmt: skip


def samples() -> Samples:
    """48 faces that differ in colour, which is what their teacher's embeddings say; six of four people, 18 single."""
    random = np.random.default_rng(0)
    colours = random.integers(40, 216, (48, 1, 1, 3))
    images = np.broadcast_to(colours, (48, 20, 20, 3)).astype(np.uint8)
    levels = (colours.reshape(48, 3) - 128) / 64
    labels = unit((levels @ random.normal(size=(3, 8))).astype(np.float32))
    truth = np.where(np.arange(48) < 24, np.arange(48) % 4, -1)
    people = np.array([f"p{number % 4}" if number < 24 else f"single{number}" for number in range(48)])
    splits = np.where(np.arange(48) < 40, TRAIN, VALIDATION)
    people[-2:] = "twice"
    return Samples(images, labels, truth, people, splits, np.full(48, "made"), ("p0", "p1", "p2", "p3"))


def test_an_eighth_of_each_batch_is_pairs_of_one_person() -> None:
    task = Embedding(RECIPE, samples())
    batches = task.batches(0)
    assert [len(rows) for rows in batches] == [16] * 4
    for rows in batches:
        first, second = task.train.truth[rows[-2:]]
        assert first == second >= 0
        assert rows[-2] != rows[-1]


def test_single_faces_are_all_seen_before_one_is_seen_again() -> None:
    rows = endless(np.random.default_rng(0), 10, 25)
    assert sorted(rows[:10]) == sorted(rows[10:20]) == list(range(10))
    assert len(rows) == 25


def test_set_without_people_gives_no_pairs() -> None:
    assert people_in_pairs(np.random.default_rng(0), np.full(5, -1), 0).shape == (0,)


def test_same_epoch_draws_the_same_and_the_next_differs() -> None:
    task = Embedding(RECIPE, samples())
    first, again, later = (np.stack(task.batches(epoch)) for epoch in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, later)


def test_batch_holds_normalised_faces_targets_and_people() -> None:
    task = Embedding(RECIPE, samples())
    rows = np.array([0, 30])
    images, targets, people = task.collate(rows, torch.Generator().manual_seed(0), size_px=12)
    assert images.shape == (2, 3, 12, 12)
    assert float(images.abs().max()) <= 1
    assert targets.shape == (2 + OTHERS, 8)
    assert np.array_equal(targets[:2].numpy(), task.train.labels[rows])
    assert people.tolist() == [0, -1]


def test_training_keeps_the_figures_of_the_validation_people(tmp_path: Path) -> None:
    best = fit(Embedding(RECIPE, samples()), tmp_path)
    history = read_history(tmp_path / "history.csv")
    assert list(history) == ["epoch", "train_loss", "agreement", "auc", "accuracy", "eer"]
    assert all(np.isfinite(column).all() and len(column) == PROFILE.epochs for column in history.values())
    assert best.is_file()


@pytest.mark.parametrize("profile", ["default", "paper"])
def test_recipe_builds_its_network_and_loss(profile: str) -> None:
    recipe = load_recipe("facenet", profile)
    task = Embedding(replace(recipe, input=RECIPE.input), samples())
    network, loss = task.build()
    assert network.feature_size == 128
    assert loss.alpha == 0.2


def test_paper_profile_is_the_papers() -> None:
    recipe = load_recipe("facenet", "paper")
    assert (recipe.input.size_px, recipe.network["width"], recipe.network["dropout"]) == (160, 1.0, 0.5)
    assert recipe.loss["teacher_weight"] == 0
    assert (recipe.input.mean, recipe.input.std) == (0.0, 1.0)
