"""Six learning emotions with weak labels after paper 002's Table 1, see ``docs/models/weak-labels.md``."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from inference.vision.training.prepare import load_faces
from inference.vision.training.recipe import Recipe
from inference.vision.training.samples import Samples, without_copies
from inference.vision.training.weak_labels import LABELS, MIN_STRENGTH
from inference.vision.types import Hook


def load(data: Path, cache: Path, recipe: Recipe, hook: Hook) -> Samples:
    """Return the aligned faces of all sets; those that fit no rule have no truth.

    The yawning drivers come with copies across their own splits; those leave the training.
    """
    faces = load_faces(data, cache, recipe.input, hook)
    truth = np.where(faces.strength >= MIN_STRENGTH, faces.labels.argmax(axis=1), -1)
    facts = (faces.labels, truth, faces.people, faces.splits, faces.sources)
    return without_copies(Samples(faces.images, *facts, names=LABELS))
