"""A training run in memory and on disk: a call with the same folder continues where the last checkpoint was."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn

from inference.vision.training.task import Task

MODULES = ("network", "average", "loss", "optimizer")
FACTS = ("epoch", "best", "best_epoch", "history")
OPTIMIZERS = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW, "sgd": torch.optim.SGD}


@dataclass(slots=True)
class Run:
    """A training run in memory: what a checkpoint holds."""

    network: nn.Module
    average: nn.Module
    loss: nn.Module
    optimizer: torch.optim.Optimizer
    epoch: int = 0
    best: float = float("-inf")
    best_epoch: int = -1
    history: list[dict[str, float]] = field(default_factory=list)


def start(task: Task, device: str) -> Run:
    """Return a run at epoch 0, the same for the same seed."""
    profile = task.recipe.profile
    torch.manual_seed(profile.seed)
    (network, loss), (average, _) = task.build(), task.build()
    average.load_state_dict(network.state_dict())
    network = network.to(device).to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    average, loss = average.to(device).eval(), loss.to(device)
    groups = [
        {"params": [weight for weight in network.parameters() if weight.requires_grad and weight.ndim > 1]},
        {"params": _plain(network, loss), "weight_decay": 0.0},
    ]
    extra: dict[str, Any] = {"momentum": 0.9} if profile.optimizer == "sgd" else {}
    build = OPTIMIZERS[profile.optimizer]
    optimizer = build(groups, lr=profile.learning_rate, weight_decay=profile.weight_decay, **extra)
    return Run(network, average, loss, optimizer)


def save(run: Run, folder: Path) -> None:
    """Write the checkpoint beside its final name first, so that a crash leaves the old one whole; then the curves."""
    state = {name: getattr(run, name).state_dict() for name in MODULES} | {name: getattr(run, name) for name in FACTS}
    path = folder / "checkpoint.pt"
    torch.save(state, path.with_suffix(".part"))
    path.with_suffix(".part").replace(path)
    with (folder / "history.csv").open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, fieldnames=list(run.history[-1]))
        writer.writeheader()
        writer.writerows(run.history)


def resume(run: Run, folder: Path, device: str) -> Run:
    """Return ``run`` as the checkpoint in ``folder`` left it, or untouched when there is none.

    Raises:
        ValueError: the checkpoint is one of another network, loss or optimizer.
    """
    path = folder / "checkpoint.pt"
    if not path.is_file():
        return run
    state: dict[str, Any] = torch.load(path, map_location=device, weights_only=True)
    try:
        for name in MODULES:
            getattr(run, name).load_state_dict(state[name])
    except (RuntimeError, ValueError) as error:
        raise ValueError(
            f"{path} is of another network or recipe: delete its folder or name another by --runs."
        ) from error
    for name in FACTS:
        setattr(run, name, state[name])
    return run


def _plain(network: nn.Module, loss: nn.Module) -> list[nn.Parameter]:
    norms = [weight for weight in network.parameters() if weight.requires_grad and weight.ndim <= 1]
    return [*norms, *loss.parameters()]
