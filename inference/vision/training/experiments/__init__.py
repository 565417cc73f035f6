"""The experiments behind the papers' tables: one explicit table, name -> "module:function", imported on first use."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import TypeAlias

from inference.vision.types import Hook

Experiment: TypeAlias = Callable[[Path, Path, Hook], None]
"""``run(data, runs, hook)`` measures with the labelled sets in ``data`` and records; checkpoints stay in ``runs``."""

EXPERIMENTS: dict[str, str] = {}


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
