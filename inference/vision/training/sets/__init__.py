"""The sets that a recipe can name: one explicit table, name -> loader, imported on first use."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from inference.vision.training.recipe import Recipe
from inference.vision.training.samples import Samples
from inference.vision.types import Hook, silent_hook

Loader = Callable[[Path, Path, Recipe, Hook], Samples]

SETS = {
    "images": "inference.vision.training.sets.folders:load_images",
    "people": "inference.vision.training.sets.people:load",
    "crops": "inference.vision.training.sets.crops:load",
    "fer2013-csv": "inference.vision.training.sets.csv_files:load_fer2013",
    "ferplus-csv": "inference.vision.training.sets.csv_files:load_ferplus",
    "ckplus-folder": "inference.vision.training.sets.folders:load_ckplus",
    "learning": "inference.vision.training.sets.learning:load",
    "fer2013": "inference.vision.training.sets.fer:load_basic",
    "fer2013-own": "inference.vision.training.sets.fer:load_own",
    "fer2013-six": "inference.vision.training.sets.fer:load_six",
    "valence": "inference.vision.training.sets.fer:load_valence",
    "ckplus": "inference.vision.training.sets.ckplus:load",
    "lfw": "inference.vision.training.sets.lfw:load",
    "eyes": "inference.vision.training.sets.eyes:load",
    "yawn96": "inference.vision.training.sets.yawn:load",
}


def load_samples(data: Path, cache: Path, recipe: Recipe, hook: Hook = silent_hook) -> Samples:
    """Return the set that ``recipe`` names, from folder ``data``; ``cache`` keeps what is slow to make.

    Raises:
        ValueError: no such set.
        FileNotFoundError: the set's file is not in ``data``.
    """
    if recipe.data not in SETS:
        raise ValueError(f"No set is called {recipe.data!r}; there are: {', '.join(sorted(SETS))}.")
    module, _, function = SETS[recipe.data].partition(":")
    load: Loader = getattr(import_module(module), function)
    return load(data, cache, recipe, hook)
