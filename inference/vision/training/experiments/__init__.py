"""The experiments behind the papers' tables: one explicit table, name -> "module:function", imported on first use."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from inspect import signature
from pathlib import Path
from typing import TypeAlias

import torch

from inference.vision.types import Hook

Experiment: TypeAlias = Callable[..., None]
"""``run(data, runs, hook)`` measures with the labelled sets in ``data`` and records; checkpoints stay in ``runs``.

One that can start from weights of others takes their file as ``init`` too.
"""

EXPERIMENTS: dict[str, str] = {
    "fatigue-eyes": "inference.vision.training.experiments.fatigue:run_eyes",
    "fatigue-yawns": "inference.vision.training.experiments.fatigue:run_yawns",
    "paper000": "inference.vision.training.experiments.paper000:run",
    "paper001": "inference.vision.training.experiments.paper001:run",
    "paper002-features": "inference.vision.training.experiments.paper002_features:run",
    "paper002-late": "inference.vision.training.experiments.paper002_late:run",
    "paper002-networks": "inference.vision.training.experiments.paper002_networks:run",
    "paper002-space": "inference.vision.training.experiments.paper002_space:run",
    "paper002-split": "inference.vision.training.experiments.paper002_split:run",
    "paper003-expressions": "inference.vision.training.experiments.paper003:run_expressions",
    "paper003-six": "inference.vision.training.experiments.paper003:run_six",
    "paper003-streams": "inference.vision.training.experiments.paper003:run_streams",
    "paper004-ablation": "inference.vision.training.experiments.paper004:run_ablation",
    "paper004-ckplus": "inference.vision.training.experiments.paper004:run_ckplus",
    "paper004-fer2013": "inference.vision.training.experiments.paper004:run_fer2013",
}


def experiment(name: str) -> Experiment:
    """Return the function of experiment ``name``.

    Raises:
        ValueError: no experiment has that name.
    """
    if name not in EXPERIMENTS:
        raise ValueError(
            f"No experiment is called {name!r}; there are: {', '.join(sorted(EXPERIMENTS)) or 'none yet'}."
        )
    module, _, function = EXPERIMENTS[name].partition(":")
    found: Experiment = getattr(import_module(module), function)
    return found


def measure(
    name: str, data: Path, runs: Path, hook: Hook, *, threads: int | None = None, init: Path | None = None
) -> None:
    """Run experiment ``name`` on at most ``threads`` threads of the CPU; it records its own figures.

    Raises:
        ValueError: no experiment has that name, or it starts from no weights of others, or not from ``init``.
        OSError: a labelled set is missing in ``data``.
    """
    run = experiment(name)
    if init and "init" not in signature(run).parameters:
        raise ValueError(f"Experiment {name} starts from no weights of others: leave --init out.")
    if threads:
        torch.set_num_threads(threads)
    run(data, runs, hook, **({"init": init} if init else {}))
