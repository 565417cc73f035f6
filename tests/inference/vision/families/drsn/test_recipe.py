from __future__ import annotations

import numpy as np
import pytest
import torch

from inference.vision.families.drsn.loss import build_loss
from inference.vision.families.drsn.network import Drsn
from inference.vision.training.recipe import load_recipe

PROFILES = ("default", "fine", "small", "compare", "paper")


@pytest.mark.parametrize("profile", PROFILES)
def test_each_profile_names_a_network_and_a_loss_that_exist(profile: str) -> None:
    recipe = load_recipe("drsn", profile)
    with torch.device("meta"):
        network = Drsn(num_classes=6, **recipe.network)
        features = network.eval().forward_features(torch.zeros(1, 1, recipe.input.size_px, recipe.input.size_px))
    assert features.shape == (1, network.feature_size)
    assert isinstance(build_loss(num_classes=6, feature_size=4, **recipe.loss), torch.nn.Module)


@pytest.mark.parametrize("profile", PROFILES)
def test_each_size_frames_the_same_face(profile: str) -> None:
    """Pixel centres: half a pixel of the small crop is a whole one of the crop of twice the size."""
    shown, small = load_recipe("drsn", profile).input, load_recipe("drsn", "compare").input
    expected = (small.template_px + 0.5) * (shown.size_px / small.size_px) - 0.5
    np.testing.assert_allclose(shown.template_px, expected, atol=0.06)
