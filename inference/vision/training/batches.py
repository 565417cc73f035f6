"""Which faces a step sees, and how the classes are weighed."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from inference.vision.training.recipe import Profile
from inference.vision.training.task import Rows
from inference.vision.types import FloatArray


def class_weights(labels: FloatArray, power: float) -> Tensor:
    """Return a weight for each class (C,): its frequency in ``labels`` (n, C) to the power of -``power``, mean 1."""
    weights = (labels.sum(axis=0) + 1.0) ** -power
    return torch.tensor(weights / weights.mean(), dtype=torch.float32)


def batches_of(profile: Profile, labels: FloatArray, epoch: int) -> list[Rows]:
    """Return the rows of each batch of ``epoch``: drawn by class with replacement, or all of them once."""
    random = np.random.default_rng([profile.seed, epoch])
    per_class = class_weights(labels, profile.sampling_power).numpy()
    odds = (labels @ per_class).astype(np.float64)
    if profile.epoch_samples:
        rows = random.choice(len(labels), profile.epoch_samples, p=odds / odds.sum())
    else:
        rows = random.permutation(len(labels))
    return [rows[begin : begin + profile.batch] for begin in range(0, len(rows) - profile.batch + 1, profile.batch)]
