"""The deep features of paper 002, section 3.1: fc2 of a VGG16 that is left as it is.

The paper's learned ImageNet; who has those weights names them with ``--init``. Ours learned FER+ votes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional

from inference.vision.families.drsn.data import plain
from inference.vision.features.vgg16 import Vgg16, load_imagenet
from inference.vision.training.experiments.paper002_votes import briefly, trained_on_votes
from inference.vision.training.initial import read_state
from inference.vision.training.recipe import Recipe, load_recipe
from inference.vision.training.weak_labels import VOTES
from inference.vision.types import FloatArray, Hook, ImageArray

# An eighth of the published width, with batch norm: what two cores can train in minutes. fc1 and fc2 stay 4,096 wide.
NETWORK = {"in_channels": 1, "pool": 1, "share": 0.125, "batch_norm": True}
BATCH = 128
# How torchvision's weights want their pictures: red, green and blue in 0..1, and the side in pixels.
IMAGENET_MEAN, IMAGENET_STD, IMAGENET_PX = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225), 224
Shown = Callable[[Tensor], Tensor]


def recipe_of_vgg() -> Recipe:
    """Return how Vgg16 learns from the votes."""
    return replace(briefly(load_recipe("drsn", "compare")), name="vgg16", network=NETWORK, loss={})


def deep_features(faces: ImageArray, data: Path, runs: Path, hook: Hook, *, init: Path | None = None) -> FloatArray:
    """Return fc2's values (n, 4096) of aligned gray ``faces`` (n, h, w) with a margin.

    ``init`` is torchvision's state dict of vgg16; without it the network learns FER+ votes first.

    Raises:
        ValueError: ``init`` holds something else.
    """
    if init:
        return fc2_of(load_imagenet(Vgg16(), read_state(init)), faces, as_imagenet)
    return fc2_of(trained_network(data, runs, hook), faces, as_trained)


def trained_network(data: Path, runs: Path, hook: Hook) -> Vgg16:
    """Return the network as it was best on the validation faces."""
    recipe = recipe_of_vgg()
    network = Vgg16(num_classes=len(VOTES), **recipe.network)
    network.load_state_dict(torch.load(trained_on_votes(recipe, Vgg16, data, runs, hook), weights_only=True))
    return network


@torch.inference_mode()
def fc2_of(network: Vgg16, faces: ImageArray, shown: Shown) -> FloatArray:
    """Return fc2's values (n, 4096) of ``faces`` (n, h, w) with a margin, each batch as ``shown`` shows it."""
    network.eval()
    size_px = recipe_of_vgg().input.size_px
    parts = [torch.from_numpy(faces[begin : begin + BATCH])[:, None] for begin in range(0, len(faces), BATCH)]
    crops = (plain(part.float() / 255, size_px) for part in parts)
    return np.concatenate([network.forward_features(shown(crop)).numpy() for crop in crops])


def as_trained(crops: Tensor) -> Tensor:
    """Return gray ``crops`` (n, 1, h, w) in 0..1 at the level that the votes were learned at."""
    own = recipe_of_vgg().input
    return (crops - own.mean) / own.std


def as_imagenet(crops: Tensor) -> Tensor:
    """Return gray ``crops`` (n, 1, h, w) in 0..1 as three colours of 224 px at ImageNet's levels."""
    large = functional.interpolate(crops, size=(IMAGENET_PX, IMAGENET_PX), mode="bilinear", align_corners=False)
    mean, std = (torch.tensor(values).view(1, 3, 1, 1) for values in (IMAGENET_MEAN, IMAGENET_STD))
    return (large.expand(-1, 3, -1, -1) - mean) / std
