"""What ``manage.py train`` and ``manage.py evaluate`` do, free of Django."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import torch
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from safetensors.torch import load_file

from inference.vision.families import NETWORKS, load_network, network_class
from inference.vision.training.evaluate import Evaluation, data_hash
from inference.vision.training.evaluate import evaluate as evaluate_network
from inference.vision.training.fit import fit
from inference.vision.training.prepare import Faces, load_faces
from inference.vision.training.publish import write_card, write_weights
from inference.vision.training.recipe import Recipe, load_recipe
from inference.vision.training.weak_labels import LABELS
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
    parser.add_argument("--publish", action="store_true", help="evaluate: write the best weights and their card")


def train(options: argparse.Namespace) -> Path:
    """Train as ``options`` say, showing progress; return the best weights' file."""
    recipe = recipe_of(options)
    faces = faces_of(options, recipe)
    with _progress() as hook:
        steps = partial(_epoch_hook, hook, recipe)
        return fit(recipe, faces, run_folder(options), device=device_of(options.device), hook=steps)


def evaluate(options: argparse.Namespace) -> Evaluation:
    """Test the shipped network, or with ``--publish`` the run's best one, which is then written to its family."""
    recipe, device = recipe_of(options), device_of(options.device)
    faces = faces_of(options, recipe)
    if options.publish:
        return publish(recipe, faces, run_folder(options) / "best.pt", device=device)
    return evaluate_network(load_network(recipe.family)[0].to(device), recipe, faces, device=device)


def publish(recipe: Recipe, faces: Faces, best: Path, *, device: str) -> Evaluation:
    """Write the weights of ``best`` as they ship, test exactly these, and write their card."""
    card = card_path(recipe.family)
    weights = card.with_name(f"{recipe.family}.safetensors")
    write_weights(torch.load(best, map_location="cpu", weights_only=True), weights)
    network = network_class(recipe.family)(num_classes=len(LABELS), **recipe.network)
    network.load_state_dict(load_file(weights))
    evaluation = evaluate_network(network.float().to(device).eval(), recipe, faces, device=device)
    write_card(card, recipe=recipe, weights=weights, evaluation=evaluation, data_hash=data_hash(faces))
    return evaluation


def recipe_of(options: argparse.Namespace) -> Recipe:
    """Return the recipe that ``options`` name, and set the threads that they ask for."""
    if options.threads:
        torch.set_num_threads(options.threads)
    return load_recipe(options.family, options.profile, epochs=options.epochs)


def run_folder(options: argparse.Namespace) -> Path:
    """Return the folder of the run's checkpoints."""
    return Path(options.runs / options.family / options.profile)


def device_of(name: str) -> str:
    """Return a torch device; ``auto`` is CUDA where there is one."""
    if name != "auto":
        return name
    return "cuda" if torch.cuda.is_available() else "cpu"


def faces_of(options: argparse.Namespace, recipe: Recipe) -> Faces:
    """Return the labelled faces, showing progress where they have to be made first."""
    with _progress() as hook:
        return load_faces(options.data, options.runs / recipe.family, recipe, hook)


@contextmanager
def _progress() -> Iterator[Hook]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, transient=True) as progress:
        task = progress.add_task("reading the sets", total=None)
        yield lambda stage, done, total: progress.update(task, description=stage, completed=done, total=total)


def _epoch_hook(hook: Hook, recipe: Recipe, epoch: int, step: int, steps: int) -> None:
    name = f"{recipe.family} {recipe.profile}, epoch {epoch + 1} of {recipe.epochs}"
    hook(name, epoch * steps + step, recipe.epochs * steps)
