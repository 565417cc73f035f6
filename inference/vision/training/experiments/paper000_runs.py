"""The trainings behind paper 000's table: which faces, how they are augmented beforehand, and one run a fold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import Generator

from inference.vision.families.eca_resnet.data import augment
from inference.vision.families.eca_resnet.network import EcaResnet
from inference.vision.training.classification import Classification, predict
from inference.vision.training.comparison import Hits
from inference.vision.training.fit import fit
from inference.vision.training.folds import AUGMENTED, Fold, group_split, random_split
from inference.vision.training.metrics import IntArray
from inference.vision.training.protocols import TEST, TRAIN, VALIDATION, StrArray
from inference.vision.training.recipe import Recipe
from inference.vision.training.samples import Samples
from inference.vision.training.task import Batch, Rows
from inference.vision.types import Hook

PER_CLASS, COPIES, SEED = 120, 5, 20240


@dataclass(frozen=True, slots=True)
class Outcome:
    """Which tested pictures were told right (n,), and the original of each (n,)."""

    correct: Hits
    originals: StrArray


class AsTheyAre(Classification):
    """Training on pictures that were augmented before: each is shown as it is."""

    def collate(self, rows: Rows, generator: Generator, *, size_px: int) -> Batch:
        """Return normalised pictures (n, 1, size_px, size_px) and their labels (n, classes)."""
        shown = self.recipe.input
        images = torch.from_numpy(self.train.images[rows]).float()[:, None] / 255
        return (images - shown.mean) / shown.std, torch.from_numpy(self.train.labels[rows])


def chosen(samples: Samples) -> Samples:
    """Return 120 training faces of each class, drawn by a fixed seed, with hard labels; the test is not touched."""
    counted, random = samples.counted(TRAIN), np.random.default_rng(SEED)
    drawn = [
        random.choice(np.flatnonzero(counted.truth == c), PER_CLASS, replace=False) for c in range(len(samples.names))
    ]
    picked = counted.where(np.isin(np.arange(len(counted.truth)), np.concatenate(drawn)))
    return replace(picked, labels=np.eye(len(samples.names), dtype=np.float32)[picked.truth])


def augmented(originals: Samples, recipe: Recipe) -> Samples:
    """Return five pictures of each original, itself first, shrunk to the recipe's size; ``people`` names originals."""
    faces, generator = torch.from_numpy(originals.images)[:, None].float() / 255, Generator().manual_seed(SEED)
    others = [augment(faces, faces.shape[-1], generator) for _ in range(COPIES - 1)]
    pictures = np.concatenate([(part[:, 0].numpy() * 255).round().astype(np.uint8) for part in (faces, *others)])
    shrink = partial(cv2.resize, dsize=(recipe.input.size_px,) * 2, interpolation=cv2.INTER_AREA)
    return Samples(
        images=np.stack([np.asarray(shrink(picture), np.uint8) for picture in pictures]),
        labels=np.tile(originals.labels, (COPIES, 1)),
        truth=np.tile(originals.truth, COPIES),
        people=np.tile(originals.people, COPIES),
        splits=np.tile(originals.splits, COPIES),
        sources=np.tile(originals.sources, COPIES),
        names=originals.names,
    )


def outcome_of(recipe: Recipe, copies: Samples, protocol: str, folder: Path, hook: Hook) -> Outcome:
    """Train and test each fold of ``protocol``; a clean one tests originals only, so that each counts once."""
    folds, is_leaking = AUGMENTED[protocol](copies.people, SEED), protocol.endswith("leaking")
    if not is_leaking:
        folds = [replace(fold, test=fold.test[fold.test < len(copies.truth) // COPIES]) for fold in folds]
    parts = []
    for index, fold in enumerate(folds):
        hook(f"{folder.name}", index, len(folds))
        parts.append(_told(recipe, _split(copies, fold, is_leaking=is_leaking), fold, folder / str(index)))
    tested = np.concatenate([fold.test for fold in folds])
    return Outcome(np.concatenate(parts) == copies.truth[tested], copies.people[tested])


def _split(copies: Samples, fold: Fold, *, is_leaking: bool) -> Samples:
    """Mark what ``fold`` trains on and tests; a tenth of its training part, split like the rest, stops the training."""
    split = partial(random_split, len(fold.train)) if is_leaking else partial(group_split, copies.people[fold.train])
    splits = np.full(len(copies.truth), "", dtype="<U10")
    splits[fold.train], splits[fold.test] = TRAIN, TEST
    splits[fold.train[split(ratio="9:1", seed=SEED).test]] = VALIDATION
    return replace(copies, splits=splits)


def _told(recipe: Recipe, samples: Samples, fold: Fold, folder: Path) -> IntArray:
    """Return the class (n,) that a network trained on ``samples`` tells of each test row; kept in ``folder``."""
    kept = folder / "told.npy"
    if not kept.is_file():
        best = fit(AsTheyAre(recipe, samples), folder)
        network = EcaResnet(num_classes=len(samples.names), **recipe.network)
        network.load_state_dict(torch.load(best, weights_only=True))
        np.save(kept, predict(network, recipe, samples.where(samples.splits == TEST), "cpu").argmax(axis=1))
        for name in ("checkpoint.pt", "best.pt"):
            (folder / name).unlink()
    told: IntArray = np.load(kept)
    return told
