"""Paper 003's figures: Table 2 (one stream against the other), Tables 3 and 4 (six and seven expressions), clips."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from pathlib import Path

import torch
from torch import nn

from inference.vision.bench.record import PAPER, PROTOCOLS, record_figure
from inference.vision.families import load_network
from inference.vision.families.cnn_lstm.network import STREAMS, CnnLstm
from inference.vision.training.classification import Classification
from inference.vision.training.evaluate import evaluate
from inference.vision.training.experiments.paper003_stills import clip_report, restricted_report
from inference.vision.training.fit import fit
from inference.vision.training.flops import cost_of
from inference.vision.training.initial import read_state
from inference.vision.training.recipe import Recipe, load_recipe
from inference.vision.training.report import Report
from inference.vision.training.samples import Samples
from inference.vision.training.sets import load_samples
from inference.vision.types import Hook
from inference.vision.weights import card_path

FAMILY = "cnn_lstm"
CHOICES = {"equalised": STREAMS[:1], "edges": STREAMS[1:], "both": STREAMS}
NAMED = {"angry": "anger"}  # the paper's word


def run_streams(data: Path, runs: Path, hook: Hook) -> None:
    """Train each stream alone and both together, alike and briefly, on six expressions; test on the public test."""
    recipe = load_recipe(FAMILY, "compare")
    samples = load_samples(data, runs / FAMILY, recipe, hook)
    for name, streams in CHOICES.items():
        chosen = replace(recipe, name=f"compare-{name}", network=dict(recipe.network) | {"streams": list(streams)})
        network = trained(chosen, samples, runs / FAMILY / chosen.name, hook)
        keep(f"fer2013_six_{name}", evaluate(network, chosen, samples).report, "streams")


def run_expressions(data: Path, runs: Path, hook: Hook) -> None:
    """Test the shipped network on all seven expressions, on six of them by leaving neutral out, and on clips."""
    recipe, (network, card) = load_recipe(FAMILY, "default"), load_network(FAMILY)
    samples = load_samples(data, runs / FAMILY, recipe, hook)
    six = load_samples(data, runs / FAMILY, load_recipe(FAMILY, "six"), hook)
    keep("fer2013", evaluate(network, recipe, samples).report, "expressions")
    keep("fer2013_six_restricted", restricted_report(network, recipe, six), "expressions")
    keep("fer2013_clips", clip_report(network, card, samples, hook), "expressions")
    keep_cost("fer2013", network, recipe)


def run_six(data: Path, runs: Path, hook: Hook) -> None:
    """Train the shipped network on for six expressions and test it."""
    recipe = load_recipe(FAMILY, "six")
    samples = load_samples(data, runs / FAMILY, recipe, hook)
    weights = card_path(FAMILY).with_name(f"{FAMILY}.safetensors")
    start = six_rows(weights, runs / FAMILY / "six-start.pt")
    network = trained(recipe, samples, runs / FAMILY / recipe.name, hook, init=start)
    keep("fer2013_six", evaluate(network, recipe, samples).report, "six")


def six_rows(weights: Path, target: Path) -> Path:
    """Write the seven expressions' ``weights`` to ``target`` without neutral's row of the head; return it."""
    state = {name: value[:-1] if name.startswith("head.") else value for name, value in read_state(weights).items()}
    target.parent.mkdir(parents=True, exist_ok=True)
    torch.save(state, target)
    return target


def trained(recipe: Recipe, samples: Samples, folder: Path, hook: Hook, *, init: Path | None = None) -> nn.Module:
    """Return the network that did best on the validation faces; a run that was broken off continues."""
    steps = partial(_after_step, hook, folder.name, recipe.profile.epochs)
    best = fit(Classification(recipe, samples), folder, hook=steps, init=init)
    network = CnnLstm(num_classes=len(samples.names), **recipe.network)
    network.load_state_dict(torch.load(best, map_location="cpu", weights_only=True))
    return network.eval()


def keep(data_name: str, report: Report, experiment: str) -> None:
    """Record accuracy, macro-F1 and each class's recall; FER2013 names nobody, so one test is both protocols."""
    figures = {"accuracy": report.accuracy, "macro_f1": report.macro_f1}
    figures |= {f"recall_{NAMED.get(one.label, one.label)}": one.recall for one in report.classes}
    for metric, (value, low, high) in figures.items():
        key, n = f"model.{FAMILY}.{data_name}.{metric}", report.count
        for protocol in PROTOCOLS:
            record_figure(key, value, low=low, high=high, n=n, command=_command(experiment), protocol=protocol)


def keep_cost(data_name: str, network: nn.Module, recipe: Recipe) -> None:
    """Record how many parameters ``network`` has and what it computes for one face."""
    cost = cost_of(network, torch.zeros(1, len(STREAMS), recipe.input.size_px, recipe.input.size_px))
    for metric, value in (("parameters", cost.parameters), ("gmacs", cost.macs / 1e9)):
        key = f"model.{FAMILY}.{data_name}.{metric}"
        record_figure(key, value, command=_command("expressions"), protocol=PAPER)


def _command(experiment: str) -> str:
    return f"python manage.py bench --measure paper003-{experiment} --data ../shared/data"


def _after_step(hook: Hook, stage: str, epochs: int, epoch: int, step: int, steps: int) -> None:
    hook(f"training {stage}", epoch * steps + step, epochs * steps)
