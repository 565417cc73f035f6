"""The task of the face embedding: people told apart, and a teacher's embedding matched."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Generator, Tensor, nn

from inference.vision.training.classification import augmented, computes_bf16, family_part, fresh, predict
from inference.vision.training.metrics import IntArray
from inference.vision.training.protocols import TRAIN, VALIDATION
from inference.vision.training.recipe import Recipe
from inference.vision.training.samples import Samples
from inference.vision.training.task import Batch, Rows
from inference.vision.training.verification import all_pairs, balanced_accuracy, cosines, roc

PAIRED_SHARE = 1 / 8  # of a batch's faces come as two photos of one person; the others as they are drawn
PHOTOS = 2
OTHERS = 448


class Embedding:
    """Training of ``recipe``'s family on ``samples`` of sets/lfw.py; test people are never looked at."""

    def __init__(self, recipe: Recipe, samples: Samples) -> None:
        self.recipe = recipe
        self.train = samples.where(samples.splits == TRAIN)
        self.validation = samples.where(samples.splits == VALIDATION)
        prepare = family_part(recipe.family, "data").prepare
        self._images = torch.from_numpy(prepare(self.train.images, recipe.input.size_px))

    def build(self) -> tuple[nn.Module, nn.Module]:
        """Return the family's network, with a head for the people of whom there are several photos, and its loss."""
        return fresh(self.recipe, len(self.train.names))

    def batches(self, epoch: int) -> list[Rows]:
        """Return the rows of each step of ``epoch``."""
        profile = self.recipe.profile
        random = np.random.default_rng([profile.seed, epoch])
        paired = round(profile.batch * PAIRED_SHARE) // PHOTOS * PHOTOS if self.train.names else 0
        single = profile.batch - paired
        total = profile.epoch_samples or len(self.train.truth)
        order = endless(random, len(self.train.truth), total // profile.batch * single)
        steps = order.reshape(-1, single)
        return [np.concatenate([rows, people_in_pairs(random, self.train.truth, paired // PHOTOS)]) for rows in steps]

    def collate(self, rows: Rows, generator: Generator, *, size_px: int) -> Batch:
        """Return normalised, augmented pictures (n, 3, size_px, size_px), the teacher's embeddings, the people (n,).

        The embeddings (n + 448, d) are those of the pictures, then of others to tell them from.
        """
        shown = self.recipe.input
        images = augmented(self.recipe, self._images[torch.from_numpy(rows)], generator, size_px=size_px)
        others = torch.randint(len(self.train.labels), (OTHERS,), generator=generator).numpy()
        targets = torch.from_numpy(self.train.labels[np.concatenate([rows, others])])
        return (images - shown.mean) / shown.std, targets, torch.from_numpy(self.train.truth[rows])

    def loss(self, network: Any, loss: nn.Module, batch: Batch) -> Tensor:
        """Return the family's loss of ``batch``; the network runs in bfloat16 where that is faster."""
        images, targets, people = batch
        with torch.autocast(images.device.type, torch.bfloat16, enabled=computes_bf16(images.device.type)):
            features = network.forward_features(images.contiguous(memory_format=torch.channels_last)).float()
            logits = network.forward_head(features) if self.train.names else None
        value: Tensor = loss(features, logits, targets, people)
        return value

    def score(self, network: nn.Module, device: str) -> dict[str, float]:
        """Return figures on the validation people: nearness to the teacher, and verification of all their pairs."""
        embeddings = predict(network, self.recipe, self.validation, device)
        agreement = float(cosines(embeddings, self.validation.labels).mean())
        curve = roc(*all_pairs(embeddings, self.validation.people))
        return {"agreement": agreement, "auc": curve.auc, "accuracy": balanced_accuracy(curve), "eer": curve.eer}


def endless(random: np.random.Generator, count: int, length: int) -> Rows:
    """Return ``length`` rows of ``count``: all of them in a new order, again and again."""
    rounds = -(-length // count)
    return np.concatenate([random.permutation(count) for _ in range(rounds)])[:length]


def people_in_pairs(random: np.random.Generator, truth: IntArray, people: int) -> Rows:
    """Return two rows for each of ``people`` drawn people that ``truth`` (n,) numbers."""
    if not people:
        return np.empty(0, np.intp)
    chosen = random.choice(int(truth.max()) + 1, people, replace=False)
    pairs = [random.choice(np.flatnonzero(truth == person), PHOTOS, replace=False) for person in chosen]
    return np.concatenate(pairs).astype(np.intp)
