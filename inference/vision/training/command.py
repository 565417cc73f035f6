"""What ``manage.py train`` and ``manage.py evaluate`` do, free of Django."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType

import torch
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from inference.vision.families import NETWORKS
from inference.vision.training.fit import fit
from inference.vision.training.job import Job
from inference.vision.training.lr_range import lr_range, write_curve
from inference.vision.training.recipe import Recipe, load_recipe
from inference.vision.training.sets import SETS, load_samples
from inference.vision.training.task import Task
from inference.vision.types import Hook

KINDS = {
    "classification": "inference.vision.training.classify",
    "embedding": "inference.vision.training.verify",
}
"""What a recipe's ``kind`` trains and tests with: a module with ``task_of(job)`` and ``evaluate(job)``."""

DEVICES = ("cpu", "cuda")


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
    parser.add_argument("--set", help="instead of the recipe's, in a run of its own: " + ", ".join(sorted(SETS)))
    parser.add_argument("--lr-range", action="store_true", help="train: only try rates; write the loss at each")
    parser.add_argument("--init", type=Path, help="train: state dict to start from (.safetensors, .pt)")
    parser.add_argument("--publish", action="store_true", help="evaluate: write the best weights and their card")


def train(options: argparse.Namespace) -> Path:
    """Train as ``options`` say, showing progress; return the file of the best weights, or of a range test's curve."""
    job = job_of(options)
    task: Task = _kind(job).task_of(job)
    if options.lr_range:
        return write_curve(lr_range(task, job.device), job.folder / "lr_range.csv")
    with _progress() as hook:
        steps = partial(_epoch_hook, hook, job.recipe)
        return fit(task, job.folder, device=job.device, hook=steps, init=options.init, workers=options.workers)


def evaluate(options: argparse.Namespace) -> str:
    """Test the shipped network, or with ``--publish`` the run's best one; return its figures as Markdown."""
    job = job_of(options)
    figures: str = _kind(job).evaluate(job)
    return figures


def job_of(options: argparse.Namespace) -> Job:
    """Return what ``options`` ask for, showing progress where the pictures have to be made first."""
    recipe, cache, device = recipe_of(options), Path(options.runs / options.family), device_of(options.device)
    with _progress() as hook:
        samples = load_samples(options.data, cache, recipe, hook)
    folder = cache / (f"{options.profile}-{options.set}" if options.set else options.profile)
    return Job(recipe, samples, options.data, cache, folder, device, ships=options.publish)


def recipe_of(options: argparse.Namespace) -> Recipe:
    """Return the recipe that ``options`` name, and set the threads that they ask for."""
    if options.threads:
        torch.set_num_threads(options.threads)
    recipe = load_recipe(options.family, options.profile, epochs=options.epochs)
    return replace(recipe, data=options.set or recipe.data)


def device_of(name: str) -> str:
    """Return a torch device; ``auto`` is CUDA where there is one.

    Raises:
        ValueError: there is no such device.
    """
    has_cuda = torch.cuda.is_available()
    if name == "auto":
        return "cuda" if has_cuda else "cpu"
    if name.partition(":")[0] not in DEVICES:
        raise ValueError(f"No device is called {name!r}: say auto, {' or '.join(DEVICES)}.")
    if name != "cpu" and not has_cuda:
        raise ValueError("PyTorch finds no CUDA device here: say --device cpu, or auto to take one where there is one.")
    return name


def _kind(job: Job) -> ModuleType:
    return import_module(KINDS[job.recipe.kind])


@contextmanager
def _progress() -> Iterator[Hook]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, transient=True) as progress:
        task = progress.add_task("reading the sets", total=None)
        yield lambda stage, done, total: progress.update(task, description=stage, completed=done, total=total)


def _epoch_hook(hook: Hook, recipe: Recipe, epoch: int, step: int, steps: int) -> None:
    name = f"{recipe.family} {recipe.name}, epoch {epoch + 1} of {recipe.profile.epochs}"
    hook(name, epoch * steps + step, recipe.profile.epochs * steps)
