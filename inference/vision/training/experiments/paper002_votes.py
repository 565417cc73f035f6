"""What stands in for the paper's ImageNet weights: networks trained on the FER+ votes of FER2013's training faces."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from torch import nn

from inference.vision.families.drsn.loss import Loss
from inference.vision.training.classification import Classification
from inference.vision.training.fit import fit
from inference.vision.training.prepare import load_faces
from inference.vision.training.recipe import Recipe
from inference.vision.training.samples import Samples
from inference.vision.training.weak_labels import VOTES
from inference.vision.types import Hook


class Votes(Classification):
    """A network that ``make`` makes, learning what voters saw, by cross entropy alone."""

    def __init__(self, recipe: Recipe, samples: Samples, make: Callable[..., nn.Module]) -> None:
        super().__init__(recipe, samples)
        self._make = make

    def build(self) -> tuple[nn.Module, nn.Module]:
        """Return the network and its loss, freshly drawn."""
        network = self._make(num_classes=len(VOTES), **self.recipe.network)
        return network, Loss(num_classes=len(VOTES), feature_size=network.feature_size, centre="none")  # type: ignore[arg-type]


def briefly(recipe: Recipe) -> Recipe:
    """Return ``recipe`` with the few steps that the votes get."""
    short = replace(recipe.profile, epochs=3, epoch_samples=8000, sampling_power=0.4)
    return replace(recipe, profile=short)


def trained_on_votes(recipe: Recipe, make: Callable[..., nn.Module], data: Path, runs: Path, hook: Hook) -> Path:
    """Return the best weights of a `briefly` trained ``recipe``; a training that was broken off continues."""
    task = Votes(recipe, voted(data, runs / "drsn", recipe, hook), make)
    steps = partial(_after_step, hook, f"training {recipe.name} on votes", recipe.profile.epochs)
    return fit(task, runs / "drsn" / f"votes-{recipe.name}", hook=steps)


def voted(data: Path, cache: Path, recipe: Recipe, hook: Hook) -> Samples:
    """Return FER2013's aligned faces labelled with the shares of their votes."""
    faces = load_faces(data, cache, recipe.input, hook)
    faces = faces.where((faces.sources == "fer") & (faces.votes.sum(axis=1) > 0))
    labels = faces.votes / faces.votes.sum(axis=1, keepdims=True)
    truth = labels.argmax(axis=1)
    return Samples(faces.images, labels, truth, faces.people, faces.splits, faces.sources, VOTES)


def _after_step(hook: Hook, stage: str, epochs: int, epoch: int, step: int, steps: int) -> None:
    hook(stage, epoch * steps + step, epochs * steps)
