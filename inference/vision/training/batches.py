"""Which faces a step sees, and how the classes are weighed."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from inference.vision.training.prepare import Faces
from inference.vision.training.recipe import Recipe

Rows = npt.NDArray[np.intp]


def class_weights(faces: Faces, power: float) -> Tensor:
    """Return a weight for each class (6,), its frequency to the power of -``power``, with mean 1."""
    weights = (faces.labels.sum(axis=0) + 1.0) ** -power
    return torch.tensor(weights / weights.mean(), dtype=torch.float32)


def batches_of(recipe: Recipe, faces: Faces, epoch: int) -> Iterator[Rows]:
    """Yield the rows of each batch of ``epoch``: drawn by class with replacement, or all of them once."""
    random = np.random.default_rng([recipe.seed, epoch])
    count = len(faces.images)
    per_class = class_weights(faces, recipe.sampling_power).numpy()
    odds = (faces.labels @ per_class).astype(np.float64)
    if recipe.epoch_samples:
        rows = random.choice(count, recipe.epoch_samples, p=odds / odds.sum())
    else:
        rows = random.permutation(count)
    for begin in range(0, len(rows) - recipe.batch + 1, recipe.batch):
        yield rows[begin : begin + recipe.batch]


def as_tensor(faces: Faces, rows: Rows) -> Tensor:
    """Return the faces of ``rows`` as (n, 1, h, w) in 0..1, margin included."""
    return torch.from_numpy(faces.images[rows]).float().div(255)[:, None]
