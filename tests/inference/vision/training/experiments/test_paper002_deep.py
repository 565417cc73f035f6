"""The deep features of paper 002 from weights of others: a made-up state dict in the place of ImageNet's."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import numpy as np
import pytest
import torch
from torch.nn import functional

from inference.vision.features.vgg16 import Vgg16
from inference.vision.training.experiments import measure, paper002_deep
from inference.vision.training.experiments.paper002_deep import IMAGENET_MEAN, IMAGENET_STD, deep_features
from inference.vision.types import silent_hook

tiny = partial(Vgg16, share=1 / 32, pool=1)


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    torch.manual_seed(1)
    torch.save(tiny().state_dict(), tmp_path / "vgg16.pth")
    return tmp_path / "vgg16.pth"


def test_features_are_fc2_of_the_given_weights(weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper002_deep, "Vgg16", tiny)
    face = np.random.default_rng(0).integers(0, 256, (1, 64, 64)).astype(np.uint8)
    found = deep_features(face, tmp_path, tmp_path, silent_hook, init=weights)
    network = tiny().eval()
    network.load_state_dict(torch.load(weights, weights_only=True))
    gray = torch.from_numpy(face[:, 8:-8, 8:-8]).float()[:, None] / 255
    large = functional.interpolate(gray, size=(224, 224), mode="bilinear", align_corners=False)
    colour = [(large[:, 0] - mean) / std for mean, std in zip(IMAGENET_MEAN, IMAGENET_STD, strict=True)]
    with torch.inference_mode():
        expected = network.forward_features(torch.stack(colour, dim=1)).numpy()
    assert found.shape == (1, 4096)
    np.testing.assert_allclose(found, expected, atol=1e-5)


def test_weights_of_another_network_are_refused(weights: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(paper002_deep, "Vgg16", partial(Vgg16, share=1 / 16, pool=1))
    with pytest.raises(ValueError, match="torchvision's vgg16"):
        deep_features(np.zeros((1, 64, 64), np.uint8), tmp_path, tmp_path, silent_hook, init=weights)


def test_an_experiment_without_a_start_refuses_one(weights: Path, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="paper001 starts from no weights"):
        measure("paper001", tmp_path, tmp_path, silent_hook, init=weights)
