"""Paper 004's figures of its own network: Table 3 on FER2013, its row of Table 4, and CK+ by subject and at random."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import nn

from inference.vision.bench.record import PAPER, PROTOCOLS, SUBJECT, Protocol, record_figure
from inference.vision.families import load_network, network_class
from inference.vision.training.classification import Classification
from inference.vision.training.evaluate import evaluate
from inference.vision.training.experiments.ckplus_folds import at_random, by_subject, pooled, start_from
from inference.vision.training.fit import fit
from inference.vision.training.flops import cost_of
from inference.vision.training.recipe import Recipe, load_recipe
from inference.vision.training.report import Report
from inference.vision.training.samples import Samples
from inference.vision.training.sets import load_samples
from inference.vision.types import Hook
from inference.vision.weights import card_path, file_sha256

FAMILY = "ds_efficientnet"
STEPS: dict[str, dict[str, Any]] = {
    "base": {"multi_scale": False, "attention": False, "head": "fc"},
    "fusion": {"multi_scale": True, "attention": False, "head": "fc"},
    "se": {"multi_scale": True, "attention": True, "head": "fc"},
    "gap": {"multi_scale": True, "attention": True, "head": "gap_bn"},
}
"""The rows of Table 3; the last is the whole network."""


def run_ablation(data: Path, runs: Path, hook: Hook) -> None:
    """Train Table 3's four networks alike and briefly, and test each on FER2013's public test."""
    recipe = load_recipe(FAMILY, "ablation")
    samples = load_samples(data, runs / FAMILY, recipe, hook)
    for name, options in STEPS.items():
        step = replace(recipe, name=f"ablation-{name}", network=dict(recipe.network) | options)
        network = trained(step, samples, runs / FAMILY / step.name, hook)
        keep(f"fer2013_ablation_{name}", evaluate(network, step, samples).report, PROTOCOLS, "ablation")
        keep_cost(f"fer2013_ablation_{name}", network, "ablation")


def run_fer2013(data: Path, runs: Path, hook: Hook) -> None:
    """Test the shipped network on FER2013's public test with each face mirrored too; the card has it without."""
    recipe, network = load_recipe(FAMILY, "default"), load_network(FAMILY)[0]
    samples = load_samples(data, runs / FAMILY, recipe, hook)
    mirrored = replace(recipe, input=replace(recipe.input, tta=True))
    keep("fer2013_mirrored", evaluate(network, mirrored, samples).report, PROTOCOLS, "fer2013")
    keep_cost("fer2013", network, "fer2013")


def run_ckplus(data: Path, runs: Path, hook: Hook) -> None:
    """Train on CK+ from the shipped weights: five folds of subjects, then the paper's 9:1 of pictures, which leaks."""
    recipe = load_recipe(FAMILY, "ckplus")
    samples = load_samples(data, runs / FAMILY, recipe, hook)
    weights = card_path(FAMILY).with_name(f"{FAMILY}.safetensors")
    folder = runs / FAMILY / f"ckplus-{file_sha256(weights)[:8]}"
    start = start_from(weights, folder / "start.pt")
    for data_name, protocol, folds in (
        ("ckplus_subject", SUBJECT, by_subject(samples)),
        ("ckplus_random", PAPER, at_random(samples)),
    ):
        networks = [
            (trained(recipe, fold, folder / f"{data_name}-{index}", hook, init=start), fold)
            for index, fold in enumerate(folds)
        ]
        keep(data_name, pooled(networks, recipe), (protocol,), "ckplus")


def trained(recipe: Recipe, samples: Samples, folder: Path, hook: Hook, *, init: Path | None = None) -> nn.Module:
    """Return the network that did best on the validation faces; a run that was broken off continues."""
    steps = partial(_after_step, hook, folder.name, recipe.profile.epochs)
    best = fit(Classification(recipe, samples), folder, hook=steps, init=init)
    network: nn.Module = network_class(FAMILY)(num_classes=len(samples.names), **recipe.network)
    network.load_state_dict(torch.load(best, map_location="cpu", weights_only=True))
    return network.eval()


def keep(data_name: str, report: Report, protocols: tuple[Protocol, ...], experiment: str) -> None:
    """Record accuracy and macro-F1 of ``report``; FER2013 names nobody, there one test is both protocols."""
    command = _command(experiment)
    for metric, (value, low, high) in (("accuracy", report.accuracy), ("macro_f1", report.macro_f1)):
        key = f"model.{FAMILY}.{data_name}.{metric}"
        for protocol in protocols:
            record_figure(key, value, low=low, high=high, n=report.count, command=command, protocol=protocol)


def keep_cost(data_name: str, network: nn.Module, experiment: str) -> None:
    """Record how many parameters ``network`` has and what it computes for one face of 48 px."""
    cost = cost_of(network, torch.zeros(1, 1, 48, 48))
    for metric, value in (("parameters", cost.parameters), ("gmacs", cost.macs / 1e9)):
        record_figure(f"model.{FAMILY}.{data_name}.{metric}", value, command=_command(experiment), protocol=PAPER)


def _command(experiment: str) -> str:
    return f"python manage.py bench --measure paper004-{experiment} --data ../shared/data"


def _after_step(hook: Hook, stage: str, epochs: int, epoch: int, step: int, steps: int) -> None:
    hook(f"training {stage}", epoch * steps + step, epochs * steps)
