"""The deep features of paper 002, section 3.1: fc2 of a VGG16 that learned FER+ votes and is then left as it is."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from inference.vision.families.drsn.data import plain
from inference.vision.features.vgg16 import Vgg16
from inference.vision.training.experiments.paper002_votes import briefly, trained_on_votes
from inference.vision.training.recipe import Recipe, load_recipe
from inference.vision.training.weak_labels import VOTES
from inference.vision.types import FloatArray, Hook, ImageArray

# An eighth of the published width, with batch norm: what two cores can train in minutes. fc1 and fc2 stay 4,096 wide.
NETWORK = {"in_channels": 1, "pool": 1, "share": 0.125, "batch_norm": True}
BATCH = 128


def recipe_of_vgg() -> Recipe:
    """Return how Vgg16 learns from the votes."""
    return replace(briefly(load_recipe("drsn", "compare")), name="vgg16", network=NETWORK, loss={})


def trained_network(data: Path, runs: Path, hook: Hook) -> Vgg16:
    """Return the network as it was best on the validation faces."""
    recipe = recipe_of_vgg()
    network = Vgg16(num_classes=len(VOTES), **recipe.network)
    network.load_state_dict(torch.load(trained_on_votes(recipe, Vgg16, data, runs, hook), weights_only=True))
    return network.eval()


@torch.inference_mode()
def deep_features(network: Vgg16, faces: ImageArray) -> FloatArray:
    """Return fc2's values (n, 4096) of aligned gray ``faces`` (n, h, w) with a margin."""
    shown = recipe_of_vgg().input
    parts = [torch.from_numpy(faces[begin : begin + BATCH])[:, None] for begin in range(0, len(faces), BATCH)]
    inputs = ((plain(part.float() / 255, shown.size_px) - shown.mean) / shown.std for part in parts)
    return np.concatenate([network.forward_features(x).numpy() for x in inputs])
