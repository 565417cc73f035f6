"""CK+: seven posed expressions, split by subject."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from inference.vision.training.datasets import load_ckplus
from inference.vision.training.recipe import Recipe
from inference.vision.training.samples import Samples
from inference.vision.types import Hook

NAMES = ("anger", "contempt", "disgust", "fear", "happy", "sadness", "surprise")


def load(data: Path, cache: Path, recipe: Recipe, hook: Hook) -> Samples:
    """Return all 981 pictures."""
    source = load_ckplus(data)
    truth = np.array([NAMES.index(str(name)) for name in source.facts["expression"]], np.int64)
    labels = np.eye(len(NAMES), dtype=np.float32)[truth]
    sources = np.full(len(truth), source.name)
    return Samples(np.asarray(source.images), labels, truth, source.people, source.splits, sources, NAMES)
