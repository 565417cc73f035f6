"""Table 7 of paper 002: ResNet18, SE-ResNet18 and DRSN, trained alike on the same people and tested on others."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import torch

from inference.vision.families.drsn.network import Drsn
from inference.vision.training.classification import Classification
from inference.vision.training.evaluate import Evaluation, evaluate
from inference.vision.training.experiments.paper002_record import COMMAND, keep_costs, keep_gap, keep_report
from inference.vision.training.fit import fit
from inference.vision.training.recipe import Recipe, load_recipe
from inference.vision.training.samples import Samples
from inference.vision.training.sets import load_samples
from inference.vision.types import Hook

KINDS = {"resnet": "none", "se": "se", "drsn_shared": "shared", "drsn": "channel"}
CENTRES = {"drsn_plain_centre": "plain", "drsn_no_centre": "none"}


def run(data: Path, runs: Path, hook: Hook) -> None:
    """Train what is not trained yet, test all on the same people, record figures, differences and costs."""
    keep_costs()
    recipes = [variant(name) for name in (*KINDS, *CENTRES)]
    samples = load_samples(data, runs / "drsn", recipes[0], hook)
    tested = {recipe.name: tested_after_training(recipe, samples, runs, hook) for recipe in recipes}
    for name, evaluation in tested.items():
        keep_report(name, evaluation.report, protocol="subject", command=COMMAND.format("paper002-networks"))
    for name in tested.keys() - {"drsn"}:
        keep_gap("drsn", name, (tested["drsn"], tested[name]), samples)


def variant(name: str) -> Recipe:
    """Return profile ``compare`` with the shrinkage or the centre loss that ``name`` stands for."""
    recipe = load_recipe("drsn", "compare")
    network = dict(recipe.network) | {"shrinkage": KINDS.get(name, "channel")}
    return replace(recipe, name=name, network=network, loss=dict(recipe.loss) | {"centre": CENTRES.get(name, "ratio")})


def trained(recipe: Recipe, samples: Samples, runs: Path, hook: Hook, *, init: Path | None = None) -> Path:
    """Return the best weights of ``recipe`` on ``samples``; a run that was broken off continues."""
    folder, epochs = runs / "drsn" / f"compare-{recipe.name}", recipe.profile.epochs
    steps = partial(_after_step, hook, f"training {recipe.name}", epochs)
    return fit(Classification(recipe, samples), folder, hook=steps, init=init)


def tested_after_training(
    recipe: Recipe, samples: Samples, runs: Path, hook: Hook, *, init: Path | None = None
) -> Evaluation:
    """Return the figures on the test people of the weights that were best on the validation people."""
    network = Drsn(num_classes=len(samples.names), **recipe.network)
    network.load_state_dict(torch.load(trained(recipe, samples, runs, hook, init=init), weights_only=True))
    return evaluate(network, recipe, samples)


def _after_step(hook: Hook, stage: str, epochs: int, epoch: int, step: int, steps: int) -> None:
    hook(stage, epoch * steps + step, epochs * steps)
