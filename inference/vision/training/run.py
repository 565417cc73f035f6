"""A training run in memory and on disk: a call with the same folder continues where the last checkpoint was."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import nn

from inference.vision.families import network_class
from inference.vision.families.drsn.loss import CentreRatio
from inference.vision.training.recipe import Recipe
from inference.vision.training.weak_labels import LABELS


@dataclass(slots=True)
class Run:
    """A training run in memory: what a checkpoint holds."""

    network: nn.Module
    average: nn.Module
    centres: CentreRatio
    optimizer: torch.optim.Optimizer
    epoch: int = 0
    best: float = -1.0
    best_epoch: int = -1
    history: list[dict[str, float]] = field(default_factory=list)


def start(recipe: Recipe, device: str) -> Run:
    """Return a run at epoch 0, the same for the same seed."""
    torch.manual_seed(recipe.seed)
    build = network_class(recipe.family)
    network, average = (build(num_classes=len(LABELS), **recipe.network).to(device) for _ in range(2))
    average.load_state_dict(network.state_dict())
    network = network.to(memory_format=torch.channels_last)
    centres = CentreRatio(len(LABELS), network.head.in_features).to(device)
    kinds = {"adam": torch.optim.Adam, "adamw": torch.optim.AdamW}
    parameters = [
        {"params": _decayed(network)},
        {"params": [*_plain(network), *centres.parameters()], "weight_decay": 0.0},
    ]
    optimizer = kinds[recipe.optimizer](parameters, lr=recipe.learning_rate, weight_decay=recipe.weight_decay)
    return Run(network, average.eval(), centres, optimizer)


def save(run: Run, path: Path) -> None:
    """Write the checkpoint beside its final name first, so that a crash leaves the old one whole."""
    state = {name: getattr(run, name).state_dict() for name in ("network", "average", "centres", "optimizer")}
    state |= {name: getattr(run, name) for name in ("epoch", "best", "best_epoch", "history")}
    torch.save(state, path.with_suffix(".part"))
    path.with_suffix(".part").replace(path)


def resume(run: Run, path: Path, device: str) -> Run:
    """Return ``run`` as the checkpoint at ``path`` left it, or untouched when there is none."""
    if not path.is_file():
        return run
    state: dict[str, Any] = torch.load(path, map_location=device, weights_only=True)
    for name in ("network", "average", "centres", "optimizer"):
        getattr(run, name).load_state_dict(state[name])
    for name in ("epoch", "best", "best_epoch", "history"):
        setattr(run, name, state[name])
    return run


def _decayed(network: nn.Module) -> list[nn.Parameter]:
    return [parameter for parameter in network.parameters() if parameter.ndim > 1]


def _plain(network: nn.Module) -> list[nn.Parameter]:
    return [parameter for parameter in network.parameters() if parameter.ndim <= 1]
