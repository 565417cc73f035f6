from __future__ import annotations

import tomllib
from pathlib import Path

import numpy as np
import pytest
import torch

from inference.vision.families.ds_efficientnet.data import augment, plain, prepare
from inference.vision.families.ds_efficientnet.decode import to_input
from inference.vision.families.ds_efficientnet.network import DsEfficientNet
from inference.vision.training.recipe import load_recipe
from inference.vision.weights import WeightCard, card_path

RECIPE = load_recipe("ds_efficientnet", "default")
PROFILES = sorted(tomllib.loads(card_path("ds_efficientnet").with_name("recipe.toml").read_text("utf-8"))["profile"])


def card() -> WeightCard:
    own = RECIPE.input
    return WeightCard(
        name="ds_efficientnet",
        family="ds_efficientnet",
        path=Path("none"),
        sha256="",
        labels=("angry",),
        mean=own.mean,
        std=own.std,
        input_size=(own.size_px, own.size_px),
        template=own.template,
        licence="",
        paper="",
        engine_precision="fp32",
    )


def generator() -> torch.Generator:
    return torch.Generator().manual_seed(5)


def test_augmented_faces_keep_size_and_range() -> None:
    changed = augment(torch.rand(8, 1, 48, 48), 48, generator())
    assert changed.shape == (8, 1, 48, 48)
    assert changed.min() >= 0
    assert changed.max() <= 1


def test_same_seed_changes_faces_alike_and_another_does_not() -> None:
    faces = torch.rand(4, 1, 48, 48)
    assert torch.equal(augment(faces, 48, generator()), augment(faces, 48, generator()))
    assert not torch.equal(augment(faces, 48, generator()), augment(faces, 48, torch.Generator().manual_seed(6)))


def test_plain_faces_of_the_networks_size_stay_as_they_are() -> None:
    faces = torch.rand(2, 1, 48, 48)
    assert torch.equal(plain(faces, 48), faces)


def test_pipeline_feeds_the_network_what_training_fed_it() -> None:
    gray = np.arange(2 * 48 * 48, dtype=np.int64).reshape(2, 48, 48).astype(np.uint8)
    own = RECIPE.input
    prepared = torch.from_numpy(prepare(gray, own.size_px)).float() / 255
    trained = (plain(prepared, own.size_px) - own.mean) / own.std
    np.testing.assert_allclose(to_input(gray, card()), trained.numpy(), rtol=1e-5, atol=1e-6)


def test_faces_of_another_size_are_refused() -> None:
    with pytest.raises(ValueError, match="takes"):
        to_input(np.zeros((1, 64, 64), np.uint8), card())


@pytest.mark.parametrize("name", PROFILES)
def test_every_profile_builds_a_network(name: str) -> None:
    recipe = load_recipe("ds_efficientnet", name)
    assert DsEfficientNet(num_classes=7, **recipe.network).feature_size > 0
    assert recipe.card["document"] == "docs/models/ds_efficientnet.md"
