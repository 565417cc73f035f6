"""Tables 6 to 8 of paper 002 by its own protocol: 2,027 images split 4:1 at random, whoever is on them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np

from inference.vision.families.drsn.network import Drsn
from inference.vision.training.experiments.paper002_images import drawn
from inference.vision.training.experiments.paper002_networks import tested_after_training, variant
from inference.vision.training.experiments.paper002_record import COMMAND, keep_report
from inference.vision.training.experiments.paper002_votes import briefly, trained_on_votes
from inference.vision.training.protocols import TEST, TRAIN, VALIDATION, StrArray
from inference.vision.training.recipe import Recipe
from inference.vision.training.samples import Samples
from inference.vision.training.sets import load_samples
from inference.vision.types import Hook

TESTED = {"focused": 81, "distracted": 61, "curious": 73, "confused": 60, "tired": 56, "happy": 72}  # Table 5
NAMES = ("resnet", "se", "drsn")
SEED = 2024


def run(data: Path, runs: Path, hook: Hook) -> None:
    """Train three networks on 1,624 faces and record their figures on the other 403.

    All start from one ResNet18 that learned FER+ votes, as the paper's start from one that learned ImageNet.
    """
    recipes = [short(name) for name in NAMES]
    samples = split(drawn(load_samples(data, runs / "drsn", recipes[0], hook)))
    init = trained_on_votes(briefly(variant("resnet")), Drsn, data, runs, hook)
    for recipe in recipes:
        report = tested_after_training(recipe, samples, runs, hook, init=init).report
        keep_report(recipe.name, report, protocol="paper", command=COMMAND.format("paper002-split"))


def short(name: str) -> Recipe:
    """Return the recipe of ``name`` for few images: all of them, more often."""
    recipe = variant(name)
    longer = replace(recipe.profile, epochs=15, epoch_samples=0, sampling_power=0.0)
    return replace(recipe, name=f"{name}_split", profile=longer)


def split(samples: Samples, *, counts: dict[str, int] = TESTED, seed: int = SEED) -> Samples:
    """Return ``samples`` with as many test images a class as ``counts`` say; a tenth of the rest validates."""
    random = np.random.default_rng(seed)
    splits: StrArray = np.where(random.random(len(samples.truth)) < 0.1, VALIDATION, TRAIN)
    splits = splits.astype("<U10")
    for label, count in counts.items():
        rows = np.flatnonzero(samples.truth == samples.names.index(label))
        splits[random.permutation(rows)[:count]] = TEST
    return replace(samples, splits=splits)
