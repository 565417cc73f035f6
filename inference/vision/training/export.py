"""``manage.py export FAMILY``: try a shipped network at each precision and let its card choose one."""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch

from inference.vision.bench.record import SUBJECT, record_figure
from inference.vision.bench.shipped import SAME_TEST
from inference.vision.families import NETWORKS, load_network
from inference.vision.quantise import ranges_path, save_ranges
from inference.vision.training.as_shipped import recipe_of
from inference.vision.training.lfw_protocol import with_view_2
from inference.vision.training.precisions import BF16, FP32, INT8, has_bf16
from inference.vision.training.protocols import TRAIN
from inference.vision.training.publish import commit
from inference.vision.training.recipe import Recipe
from inference.vision.training.samples import Samples
from inference.vision.training.sets import load_samples
from inference.vision.training.trials import CALIBRATION, Trials, try_all
from inference.vision.types import Hook, silent_hook
from inference.vision.weights import WeightsError, card_path, load_card

IMITATED = "imitated: weights and inputs of the layers rounded to bfloat16, sums in float32"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what the command takes."""
    parser.add_argument("family", choices=sorted(NETWORKS))
    parser.add_argument("--data", type=Path, required=True, help="folder with the labelled sets")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="folder for cached faces")
    parser.add_argument("--limit", type=int, default=0, help="test at most so many faces of each split; 0: all")
    parser.add_argument("--threads", type=int, help="of the CPU, for PyTorch")


def export(options: argparse.Namespace, hook: Hook = silent_hook) -> str:
    """Try the shipped network as ``options`` say; write ranges, card and figures; return the trials as Markdown."""
    if options.threads:
        torch.set_num_threads(options.threads)
    module, card = load_network(options.family)
    path = card_path(options.family)
    recipe = recipe_of(card)
    samples = _samples(options, recipe, hook)
    trials = try_all(module, recipe, samples, limit=options.limit, hook=hook)
    if load_card(path).sha256 != card.sha256:
        raise WeightsError(f"{options.family} was published anew in the meantime: run the command again.")
    learned = min(CALIBRATION, int((samples.splits == TRAIN).sum()))
    save_ranges(ranges_path(card), trials.ranges, weights_sha256=card.sha256, faces=learned)
    write_engine(path, trials)
    record(recipe, trials, limit=options.limit)
    return as_text(trials)


def write_engine(card: Path, trials: Trials) -> None:
    """Say in ``card`` which precision runs, and at its end what was measured of each."""
    text = card.read_text(encoding="utf-8").partition("\n[engine]\n")[0]
    chosen = re.sub(r"^engine_precision = .*$", f'engine_precision = "{trials.chosen}"', text, count=1, flags=re.M)
    lines = ["", "[engine]", *(f"{key} = {json.dumps(value)}" for key, value in _facts(trials).items())]
    card.write_text(chosen.rstrip("\n") + "\n" + "\n".join(lines) + "\n", encoding="utf-8")


def record(recipe: Recipe, trials: Trials, *, limit: int = 0) -> None:
    """Keep accuracy at each precision, and what int8 loses, among the measured figures."""
    key = f"model.{recipe.family}.{SAME_TEST.get(recipe.data, recipe.data)}"
    limited = f" --limit {limit}" if limit else ""
    command = f"manage.py export {recipe.family} --data DIR{limited}"
    figures = {f"accuracy_{name}": trial.test for name, trial in trials.of.items()}
    for metric, value in figures.items():
        record_figure(f"{key}.{metric}", value, n=trials.faces[1], command=command, protocol=SUBJECT)
    drop = round(trials.drop * 100, 3)
    record_figure(f"{key}.int8_drop_points", drop, n=trials.faces[0], command=command, protocol=SUBJECT)


def as_text(trials: Trials) -> str:
    """Return the trials as a table; speeds are relative to the engine's float32 in the same run."""
    lines = ["| precision | validation | test | like PyTorch | speed |", "| --- | --- | --- | --- | --- |"]
    for name, trial in trials.of.items():
        shares = (trial.validation, trial.test, trial.likeness)
        lines.append(f"| {name} | " + " | ".join(f"{share:.2%}" for share in shares) + f" | {_speed(trials, name)} |")
    difference = f"largest difference of the engine's fp32 from PyTorch {trials.difference:.1e}"
    return "\n".join([*lines, "", f"{trials.faces} validation and test faces; {difference}; chosen: {trials.chosen}"])


def _samples(options: argparse.Namespace, recipe: Recipe, hook: Hook) -> Samples:
    samples = load_samples(options.data, options.runs / options.family, recipe, hook)
    if recipe.kind != "embedding":
        return samples
    return with_view_2(samples, recipe, options.data, options.runs, hook)


def _speed(trials: Trials, name: str) -> str:
    if name == BF16 and not has_bf16():
        return "not computed by this processor"
    return f"{trials.of[name].per_s / trials.of[FP32].per_s:.2f} x"


def _facts(trials: Trials) -> Mapping[str, Any]:
    rows = trials.of.values()
    return {
        "precisions": list(trials.of),
        "validation_accuracy": [round(trial.validation, 4) for trial in rows],
        "test_accuracy": [round(trial.test, 4) for trial in rows],
        "test_likeness": [round(trial.likeness, 4) for trial in rows],
        "faces": list(trials.faces),
        "fp32_difference": round(trials.difference, 7),
        "int8_speed": round(trials.of[INT8].per_s / trials.of[FP32].per_s, 2),
        "bf16_is": "computed by the engine" if has_bf16() else IMITATED,
        "commit": commit(),
        "date": datetime.now(UTC).date().isoformat(),
    }
