"""A real, tiny training run on drawn faces: it learns, stops, and continues to the same weights."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from inference.vision.training.fit import fit, predict
from inference.vision.training.metrics import macro_f1
from inference.vision.training.prepare import Faces
from inference.vision.training.recipe import Recipe, load_recipe
from inference.vision.training.run import resume, start
from inference.vision.training.weak_labels import LABELS


def drawn_faces(count: int) -> Faces:
    """Six patterns that survive flips and shifts: a bright bar whose height in the picture tells the class."""
    random = np.random.default_rng(0)
    truth = np.arange(count) % len(LABELS)
    images = random.integers(60, 120, (count, 64, 64)).astype(np.uint8)
    for image, label in zip(images, truth, strict=True):
        image[8 + 8 * label : 14 + 8 * label] = 240
    splits = np.where(np.arange(count) // len(LABELS) % 4 == 3, "validation", "train")
    unknown = np.full(count, -1.0, np.float32)
    people = np.arange(count).astype(str)
    return Faces(
        images=images,
        labels=np.eye(len(LABELS), dtype=np.float32)[truth],
        strength=np.ones(count, np.float32),
        sources=np.full(count, "drawn"),
        people=people,
        splits=splits,
        votes=np.full((count, 8), -1.0, np.float32),
        level=unknown,
        yawn=unknown,
    )


@pytest.fixture
def recipe() -> Recipe:
    network = {"widths": [8, 8, 16, 16], "shrinkage": "channel", "reduction": 4}
    tiny: dict[str, Any] = {
        "epochs": 3,
        "epoch_samples": 0,
        "batch": 16,
        "ema_decay": 0.0,
        "warmup_epochs": 0,
        "small_epochs": 0,
        "patience": 0,
    }
    return replace(load_recipe("drsn", "default"), network=network, learning_rate=1e-2, **tiny)


def weights_of(path: Path) -> dict[str, torch.Tensor]:
    state: dict[str, torch.Tensor] = torch.load(path, weights_only=True)["average"]
    return state


def test_training_lowers_the_loss_and_beats_chance(recipe: Recipe, tmp_path: Path) -> None:
    faces = drawn_faces(288)
    fit(recipe, faces, tmp_path)
    run = resume(start(recipe, "cpu"), tmp_path / "checkpoint.pt", "cpu")
    assert run.history[-1]["loss"] < 0.8 * run.history[0]["loss"]
    assert run.best > 2 / len(LABELS)


def test_a_run_that_was_cut_off_ends_with_the_same_weights(recipe: Recipe, tmp_path: Path) -> None:
    faces = drawn_faces(96)
    fit(recipe, faces, tmp_path / "whole")
    with pytest.raises(KeyboardInterrupt):
        fit(recipe, faces, tmp_path / "cut", hook=_stop_in_epoch_2)
    assert torch.load(tmp_path / "cut" / "checkpoint.pt", weights_only=True)["epoch"] == 2
    fit(recipe, faces, tmp_path / "cut")
    whole, cut = (weights_of(tmp_path / name / "checkpoint.pt") for name in ("whole", "cut"))
    assert all(torch.equal(whole[name], cut[name]) for name in whole)


def test_a_finished_run_is_not_trained_again(recipe: Recipe, tmp_path: Path) -> None:
    faces, steps = drawn_faces(48), []
    fit(replace(recipe, epochs=1), faces, tmp_path)
    fit(replace(recipe, epochs=1), faces, tmp_path, hook=lambda *step: steps.append(step))
    assert steps == []


def test_training_stops_early_without_progress(recipe: Recipe, tmp_path: Path) -> None:
    stuck = replace(recipe, ema_decay=1.0, epochs=9, patience=2)  # the average never moves
    fit(stuck, drawn_faces(48), tmp_path)
    assert torch.load(tmp_path / "checkpoint.pt", weights_only=True)["epoch"] == 3


def test_faces_that_fit_no_rule_and_test_people_are_not_trained_on(recipe: Recipe, tmp_path: Path) -> None:
    faces, steps = drawn_faces(96), []
    half = np.arange(96) < 48
    weak = replace(faces, strength=half.astype(np.float32), splits=np.where(np.arange(96) < 16, "test", faces.splits))
    fit(replace(recipe, epochs=1, batch=8), weak, tmp_path, hook=lambda *step: steps.append(step))
    assert steps[-1] == (0, 2, 2)  # 20 of the 32 strong faces outside the test are for training


def test_predictions_follow_the_order_of_the_faces(recipe: Recipe) -> None:
    network, faces = start(recipe, "cpu").average, drawn_faces(12)
    backwards = faces.where(np.arange(12) >= 0)
    scores = predict(network, recipe, faces, "cpu")
    assert np.array_equal(scores, predict(network, recipe, backwards, "cpu"))
    assert 0 <= macro_f1(scores, faces.labels.argmax(axis=1)) <= 1


def _stop_in_epoch_2(epoch: int, step: int, steps: int) -> None:
    if epoch == 2 and step == 1:
        raise KeyboardInterrupt


def test_profiles_of_the_recipe_differ_where_the_paper_says() -> None:
    paper = load_recipe("drsn", "paper")
    assert (paper.optimizer, paper.learning_rate, paper.batch, paper.epochs) == ("adam", 1e-3, 32, 200)
    with pytest.raises(ValueError, match="no profile"):
        load_recipe("drsn", "quick")
