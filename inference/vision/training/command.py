"""What ``manage.py train`` and ``manage.py evaluate`` do, free of Django."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path

import torch
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from safetensors.torch import load_file

from inference.vision.families import NETWORKS, load_network, network_class
from inference.vision.training.checks import human_checks
from inference.vision.training.classification import Classification
from inference.vision.training.evaluate import Evaluation
from inference.vision.training.evaluate import evaluate as evaluate_network
from inference.vision.training.fit import fit
from inference.vision.training.prepare import load_faces
from inference.vision.training.publish import write_card, write_weights
from inference.vision.training.recipe import Recipe, load_recipe
from inference.vision.training.samples import Samples, data_hash
from inference.vision.training.sets import load_samples
from inference.vision.training.task import Task
from inference.vision.types import Hook
from inference.vision.weights import card_path


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what both commands take."""
    parser.add_argument("family", choices=sorted(NETWORKS))
    parser.add_argument("--data", type=Path, required=True, help="folder with the labelled sets")
    parser.add_argument("--profile", default="default", help="profile of the family's recipe.toml")
    parser.add_argument("--device", default="auto", help="auto, cpu or cuda")
    parser.add_argument("--runs", type=Path, default=Path("runs"), help="folder for checkpoints and cached faces")
    parser.add_argument("--epochs", type=int, help="instead of the recipe's")
    parser.add_argument("--threads", type=int, help="of the CPU; on busy cores one is several times as fast as two")
    parser.add_argument("--workers", type=int, default=0, help="processes that augment ahead of the steps")
    parser.add_argument("--init", type=Path, help="train: state dict to start from (.safetensors, .pt)")
    parser.add_argument("--publish", action="store_true", help="evaluate: write the best weights and their card")


def train(options: argparse.Namespace) -> Path:
    """Train as ``options`` say, showing progress; return the best weights' file."""
    recipe = recipe_of(options)
    task = task_of(recipe, samples_of(options, recipe))
    with _progress() as hook:
        steps = partial(_epoch_hook, hook, recipe)
        chosen = {"device": device_of(options.device), "init": options.init, "workers": options.workers}
        return fit(task, run_folder(options), hook=steps, **chosen)


def evaluate(options: argparse.Namespace) -> Evaluation:
    """Test the shipped network, or with ``--publish`` the run's best one, which is then written to its family."""
    recipe, device = recipe_of(options), device_of(options.device)
    samples = samples_of(options, recipe)
    if options.publish:
        return publish(recipe, samples, options, device=device)
    return checked(evaluate_network(load_network(recipe.family)[0].to(device), recipe, samples, device=device), options)


def publish(recipe: Recipe, samples: Samples, options: argparse.Namespace, *, device: str) -> Evaluation:
    """Write the run's best weights as they ship, test exactly these, and write their card."""
    card, best = card_path(recipe.family), run_folder(options) / "best.pt"
    weights = card.with_name(f"{recipe.family}.safetensors")
    write_weights(torch.load(best, map_location="cpu", weights_only=True), weights)
    network = network_class(recipe.family)(num_classes=len(samples.names), **recipe.network)
    network.load_state_dict(load_file(weights))
    tested = evaluate_network(network.float().to(device).eval(), recipe, samples, device=device)
    evaluation = checked(tested, options)
    write_card(card, recipe=recipe, weights=weights, evaluation=evaluation, data_hash=data_hash(samples))
    return evaluation


def checked(evaluation: Evaluation, options: argparse.Namespace) -> Evaluation:
    """Return ``evaluation`` with the checks against people's labels that the learning emotions have."""
    recipe = recipe_of(options)
    if recipe.data != "learning":
        return evaluation
    faces = load_faces(options.data, cache_folder(options), recipe.input)
    return replace(evaluation, checks=human_checks(evaluation.tested, faces))


def task_of(recipe: Recipe, samples: Samples) -> Task:
    """Return what ``recipe`` trains on ``samples``."""
    return Classification(recipe, samples)


def recipe_of(options: argparse.Namespace) -> Recipe:
    """Return the recipe that ``options`` name, and set the threads that they ask for."""
    if options.threads:
        torch.set_num_threads(options.threads)
    return load_recipe(options.family, options.profile, epochs=options.epochs)


def samples_of(options: argparse.Namespace, recipe: Recipe) -> Samples:
    """Return the labelled pictures, showing progress where they have to be made first."""
    with _progress() as hook:
        return load_samples(options.data, cache_folder(options), recipe, hook)


def run_folder(options: argparse.Namespace) -> Path:
    """Return the folder of the run's checkpoints."""
    return Path(options.runs / options.family / options.profile)


def cache_folder(options: argparse.Namespace) -> Path:
    """Return the folder of what is slow to make of the sets."""
    return Path(options.runs / options.family)


def device_of(name: str) -> str:
    """Return a torch device; ``auto`` is CUDA where there is one."""
    if name != "auto":
        return name
    return "cuda" if torch.cuda.is_available() else "cpu"


@contextmanager
def _progress() -> Iterator[Hook]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, transient=True) as progress:
        task = progress.add_task("reading the sets", total=None)
        yield lambda stage, done, total: progress.update(task, description=stage, completed=done, total=total)


def _epoch_hook(hook: Hook, recipe: Recipe, epoch: int, step: int, steps: int) -> None:
    name = f"{recipe.family} {recipe.name}, epoch {epoch + 1} of {recipe.profile.epochs}"
    hook(name, epoch * steps + step, recipe.profile.epochs * steps)
