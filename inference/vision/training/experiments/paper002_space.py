"""Section 4.1 of paper 002: features before and after the centre losses, as t-SNE plots and as one number."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from inference.vision.bench.record import record_figure
from inference.vision.families.drsn.data import plain
from inference.vision.families.drsn.network import Drsn
from inference.vision.training.experiments.paper002_networks import trained, variant
from inference.vision.training.experiments.paper002_record import COMMAND
from inference.vision.training.metrics import IntArray
from inference.vision.training.plot_points import tsne
from inference.vision.training.plots import plot_scatter
from inference.vision.training.protocols import TEST
from inference.vision.training.recipe import Recipe
from inference.vision.training.samples import Samples
from inference.vision.training.sets import load_samples
from inference.vision.types import FloatArray, Hook
from inference.vision.weights import CHECKOUT_DIR

PLOTS = {
    "drsn_no_centre": "Cross entropy alone",
    "drsn_plain_centre": "With the plain centre loss",
    "drsn": "With the centre ratio loss",
}
FOLDER = CHECKOUT_DIR / "docs" / "models"
BATCH = 256


def run(data: Path, runs: Path, hook: Hook) -> None:
    """Plot the pooled features of the test people for each loss and record how tight the classes are."""
    recipes = [variant(name) for name in PLOTS]
    samples = load_samples(data, runs / "drsn", recipes[0], hook)
    tested = samples.counted(TEST)
    for recipe in recipes:
        network = Drsn(num_classes=len(samples.names), **recipe.network)
        network.load_state_dict(torch.load(trained(recipe, samples, runs, hook), weights_only=True))
        features = pooled(network.eval(), recipe, tested)
        points, rows = tsne(features, seed=0)
        path, title = FOLDER / f"{recipe.name}-tsne.png".replace("_", "-"), PLOTS[recipe.name]
        plot_scatter(points, tested.truth[rows], samples.names, path, title=title)
        key, command = f"model.drsn.{recipe.name}.tightness", COMMAND.format("paper002-space")
        value = tightness(features, tested.truth)
        record_figure(key, value, n=len(features), command=command, protocol="subject")


@torch.inference_mode()
def pooled(network: Drsn, recipe: Recipe, samples: Samples) -> FloatArray:
    """Return the features (n, d) after average pooling."""
    shown, count = recipe.input, len(samples.images)
    parts = [torch.from_numpy(samples.images[begin : begin + BATCH])[:, None] for begin in range(0, count, BATCH)]
    inputs = ((plain(part.float() / 255, shown.size_px) - shown.mean) / shown.std for part in parts)
    return np.concatenate([network.forward_features(x).numpy() for x in inputs])


def tightness(features: FloatArray, truth: IntArray) -> float:
    """Return the mean squared distance to the own class's mean over the spread of the means: eq. 10 after training."""
    classes = np.unique(truth)
    centres = np.stack([features[truth == label].mean(axis=0) for label in classes])
    inside = np.square(features - centres[np.searchsorted(classes, truth)]).sum(axis=1).mean()
    return float(inside / np.square(centres - centres.mean(axis=0)).sum(axis=1).mean())
