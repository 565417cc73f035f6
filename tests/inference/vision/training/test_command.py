"""The shipped network through the same door as ``manage.py evaluate``, on a handful of drawn faces."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from inference.vision.families import network_class
from inference.vision.training import command
from inference.vision.training.classify import evaluation_of
from inference.vision.training.prepare import Faces
from inference.vision.training.publish import write_card, write_weights
from inference.vision.training.recipe import load_recipe
from inference.vision.training.weak_labels import LABELS
from inference.vision.weights import load_card, verify
from tests.inference.vision.training.sets.made_up import picture, put
from tests.inference.vision.training.test_fit import drawn_samples


def options_for(folder: Path, faces: Faces | None = None) -> argparse.Namespace:
    if faces is not None:
        (folder / "drsn").mkdir()
        size_px = load_recipe("drsn", "default").input.size_px
        np.savez(folder / "drsn" / f"faces-{size_px}.npz", **asdict(faces))
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return parser.parse_args(["drsn", "--data", str(folder / "data"), "--runs", str(folder), "--device", "cpu"])


def held_out_faces() -> Faces:
    """Drawn faces for validation and test, that fit a rule and of which people said nothing."""
    drawn, unknown = drawn_samples(48), np.full(48, -1.0, np.float32)
    shown = load_recipe("drsn", "default").input
    side_px = shown.size_px + 2 * shown.margin_px
    return Faces(
        images=np.stack([cv2.resize(image, (side_px, side_px)) for image in drawn.images]),
        labels=drawn.labels,
        strength=np.ones(48, np.float32),
        sources=drawn.sources,
        people=drawn.people,
        splits=np.where(np.arange(48) < 24, "validation", "test"),
        votes=np.full((48, 8), -1.0, np.float32),
        level=unknown,
        yawn=unknown,
    )


@pytest.mark.weights
def test_evaluation_of_the_shipped_network_becomes_tables(tmp_path: Path) -> None:
    text = command.evaluate(options_for(tmp_path, held_out_faces()))
    assert "| test faces / people | 24 / 24 |" in text
    assert all(f"| {label} | 4 |" in text for label in LABELS)
    plots = {path.stem for path in (tmp_path / "drsn" / "default").glob("*.png")}
    assert plots == {"confusion", "reliability", "roc", "tsne"}


@pytest.mark.weights
def test_a_written_card_reads_back_and_vouches_for_its_weights(tmp_path: Path) -> None:
    job = command.job_of(options_for(tmp_path, held_out_faces()))
    recipe, network = job.recipe, network_class("drsn")(**job.recipe.network)
    evaluation = evaluation_of(job, network)
    assert (evaluation.report.count, evaluation.checks) == (24, ())
    write_weights(network.state_dict(), tmp_path / "drsn.safetensors")
    card_file = tmp_path / "card.toml"
    write_card(
        card_file, recipe=recipe, weights=tmp_path / "drsn.safetensors", evaluation=evaluation, data_hash="0" * 64
    )
    card = verify(load_card(card_file))
    assert (card.labels, card.input_size, card.template) == (LABELS, (recipe.input.size_px,) * 2, recipe.input.template)
    assert card.temperature == pytest.approx(evaluation.temperature, abs=1e-4)


def test_missing_data_folder_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"fer2013plus\.npz"):
        command.train(options_for(tmp_path))


def test_auto_takes_cuda_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    for has_cuda, expected in ((True, "cuda"), (False, "cpu")):
        monkeypatch.setattr(torch.cuda, "is_available", lambda has_cuda=has_cuda: has_cuda)
        assert (command.device_of("auto"), command.device_of("cpu")) == (expected, "cpu")


def test_a_device_that_is_not_there_is_refused_with_what_to_say(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(ValueError, match="no CUDA device here: say --device cpu"):
        command.device_of("cuda")
    with pytest.raises(ValueError, match="No device is called 'gpu': say auto, cpu or cuda"):
        command.device_of("gpu")


def test_a_run_on_another_set_never_continues_the_recipes_own(tmp_path: Path) -> None:
    for seed, name in enumerate(("train/happy", "validation/happy", "test/happy")):
        put(tmp_path / "data" / name / "1.png", picture(seed, 40, 40))
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    folder, runs = str(tmp_path / "data"), str(tmp_path)
    given = ["eca_resnet", "--data", folder, "--runs", runs, "--set", "images", "--device", "cpu"]
    job = command.job_of(parser.parse_args(given))
    assert job.samples.names == ("happy",)
    assert job.folder == tmp_path / "eca_resnet" / "default-images"


def test_missing_classes_are_told_before_anything_is_trained(tmp_path: Path) -> None:
    put(tmp_path / "data" / "train" / "happy" / "1.png", picture(0, 40, 40))
    options = options_for(tmp_path)
    options.family, options.set = "eca_resnet", "images"
    with pytest.raises(ValueError, match=r"nothing was started\.\n- The validation split is empty"):
        command.train(options)
    assert not (tmp_path / "eca_resnet").exists()
