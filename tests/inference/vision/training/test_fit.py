"""A real, tiny training run on drawn faces: it learns, stops, and continues to the same weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from inference.vision.training.batches import batches_of
from inference.vision.training.classification import Classification, predict
from inference.vision.training.fit import fit
from inference.vision.training.metrics import macro_f1
from inference.vision.training.recipe import Profile, Recipe, load_recipe
from inference.vision.training.run import resume, start
from inference.vision.training.samples import Samples
from inference.vision.training.weak_labels import LABELS


def drawn_samples(count: int) -> Samples:
    """Six patterns that survive flips and shifts: a bright bar whose height in the picture tells the class."""
    random = np.random.default_rng(0)
    truth = np.arange(count) % len(LABELS)
    images = random.integers(60, 120, (count, 64, 64)).astype(np.uint8)
    for image, label in zip(images, truth, strict=True):
        image[8 + 8 * label : 14 + 8 * label] = 240
    splits = np.where(np.arange(count) // len(LABELS) % 4 == 3, "validation", "train")
    labels, people = np.eye(len(LABELS), dtype=np.float32)[truth], np.arange(count).astype(str)
    return Samples(images, labels, truth, people, splits, np.full(count, "drawn"), LABELS)


def with_profile(recipe: Recipe, **changed: Any) -> Recipe:
    return replace(recipe, profile=replace(recipe.profile, **changed))


@pytest.fixture
def recipe() -> Recipe:
    network = {"widths": [8, 8, 16, 16], "shrinkage": "channel", "reduction": 4}
    profile = Profile(epochs=3, batch=16, warmup_epochs=0, learning_rate=1e-2)
    return replace(load_recipe("drsn", "small"), network=network, profile=profile)


def weights_of(path: Path) -> dict[str, torch.Tensor]:
    state: dict[str, torch.Tensor] = torch.load(path, weights_only=True)["average"]
    return state


def test_training_lowers_the_loss_and_beats_chance(recipe: Recipe, tmp_path: Path) -> None:
    task = Classification(recipe, drawn_samples(288))
    fit(task, tmp_path)
    run = resume(start(task, "cpu"), tmp_path, "cpu")
    assert run.history[-1]["train_loss"] < 0.8 * run.history[0]["train_loss"]
    assert run.best > 2 / len(LABELS)
    assert (tmp_path / "history.csv").read_text().startswith("epoch,train_loss,macro_f1,accuracy,loss\n0,")


def test_a_run_that_was_cut_off_ends_with_the_same_weights(recipe: Recipe, tmp_path: Path) -> None:
    task = Classification(recipe, drawn_samples(96))
    fit(task, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        fit(task, tmp_path / "cut", hook=_stop_in_epoch_2)
    assert torch.load(tmp_path / "cut" / "checkpoint.pt", weights_only=True)["epoch"] == 2
    fit(task, tmp_path / "cut")
    whole, cut = (weights_of(tmp_path / name / "checkpoint.pt") for name in ("whole", "cut"))
    assert all(torch.equal(whole[name], cut[name]) for name in whole)


def test_a_checkpoint_of_another_network_is_refused_by_name(recipe: Recipe, tmp_path: Path) -> None:
    samples = drawn_samples(48)
    fit(Classification(with_profile(recipe, epochs=1), samples), tmp_path)
    wider = replace(recipe, network=dict(recipe.network) | {"widths": [8, 8, 16, 24]})
    with pytest.raises(ValueError, match=r"checkpoint\.pt is of another network or recipe"):
        fit(Classification(wider, samples), tmp_path)


def test_workers_that_augment_ahead_change_nothing(recipe: Recipe, tmp_path: Path) -> None:
    task = Classification(with_profile(recipe, epochs=1, mixup=0.4), drawn_samples(96))
    fit(task, tmp_path / "alone")
    fit(task, tmp_path / "helped", workers=2)
    alone, helped = (weights_of(tmp_path / name / "checkpoint.pt") for name in ("alone", "helped"))
    assert all(torch.equal(alone[name], helped[name]) for name in alone)


def test_a_finished_run_is_not_trained_again(recipe: Recipe, tmp_path: Path) -> None:
    task, steps = Classification(with_profile(recipe, epochs=1), drawn_samples(48)), []
    fit(task, tmp_path)
    fit(task, tmp_path, hook=lambda *step: steps.append(step))
    assert steps == []


@pytest.mark.parametrize("monitor", ["macro_f1", "loss"])
def test_training_stops_early_without_progress(recipe: Recipe, tmp_path: Path, monitor: str) -> None:
    stuck = with_profile(recipe, ema_decay=1.0, epochs=9, patience=2, monitor=monitor)  # the average never moves
    fit(Classification(stuck, drawn_samples(48)), tmp_path)
    assert torch.load(tmp_path / "checkpoint.pt", weights_only=True)["epoch"] == 3


def test_faces_without_a_class_and_test_people_are_not_trained_on(recipe: Recipe, tmp_path: Path) -> None:
    samples, steps = drawn_samples(96), []
    half = np.arange(96) < 48
    splits = np.where(np.arange(96) < 16, "test", samples.splits)
    weak = replace(samples, truth=np.where(half, samples.truth, -1), splits=splits)
    task = Classification(with_profile(recipe, epochs=1, batch=8), weak)
    fit(task, tmp_path, hook=lambda *step: steps.append(step))
    assert steps[-1] == (0, 2, 2)  # 20 of the 32 faces outside the test that have a class are for training


def test_first_epochs_see_shrunken_faces(recipe: Recipe) -> None:
    task, generator = Classification(recipe, drawn_samples(48)), torch.Generator().manual_seed(0)
    rows = np.arange(4)
    assert [task.collate(rows, generator, size_px=size)[0].shape[-1] for size in (48, 32)] == [48, 32]


def test_blended_faces_have_blended_labels(recipe: Recipe) -> None:
    task = Classification(with_profile(recipe, mixup=1.0), drawn_samples(48))
    labels = task.collate(np.arange(12), torch.Generator().manual_seed(0), size_px=48)[1]
    assert torch.allclose(labels.sum(dim=1), torch.ones(12))
    assert bool(((labels > 0.01) & (labels < 0.99)).any())


def test_predictions_follow_the_order_of_the_faces(recipe: Recipe) -> None:
    samples = drawn_samples(12)
    network = start(Classification(recipe, drawn_samples(48)), "cpu").average
    scores = predict(network, recipe, samples, "cpu")
    later = predict(network, recipe, samples.where(np.arange(12) >= 6), "cpu")
    np.testing.assert_allclose(later, scores[6:], atol=1e-5)
    assert 0 <= macro_f1(scores, samples.truth) <= 1


def test_a_face_and_its_mirror_score_the_same_with_test_time_flips(recipe: Recipe) -> None:
    samples = drawn_samples(6)
    samples.images[:, :, :32] //= 2
    network = start(Classification(recipe, drawn_samples(48)), "cpu").average
    both = replace(recipe, input=replace(recipe.input, tta=True))
    mirrored = replace(samples, images=np.ascontiguousarray(samples.images[:, :, ::-1]))
    scores = [predict(network, both, chosen, "cpu") for chosen in (samples, mirrored)]
    np.testing.assert_allclose(scores[0], scores[1], atol=1e-4)


def test_every_face_is_seen_once_an_epoch_unless_faces_are_drawn() -> None:
    labels = np.eye(2, dtype=np.float32)[[0] * 90 + [1] * 10]
    once = np.concatenate(batches_of(Profile(batch=10), labels, 0))
    drawn = np.concatenate(batches_of(Profile(batch=10, epoch_samples=200, sampling_power=1.0), labels, 0))
    assert sorted(once.tolist()) == list(range(100))
    assert 0.3 < (drawn >= 90).mean() < 0.7


def _stop_in_epoch_2(epoch: int, step: int, steps: int) -> None:
    if epoch == 2 and step == 1:
        raise KeyboardInterrupt


def test_profiles_of_the_recipe_differ_where_the_paper_says() -> None:
    paper = load_recipe("drsn", "paper").profile
    assert (paper.optimizer, paper.learning_rate, paper.batch, paper.epochs) == ("adam", 1e-3, 32, 200)
    with pytest.raises(ValueError, match="no profile"):
        load_recipe("drsn", "quick")
