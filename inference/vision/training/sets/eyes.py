"""Open and closed eyes, split so that no near copy of a test picture is learned from.

The set's pictures are frames of films as much as single photographs: half of the test pictures would have a near copy
under another name of original in training. So originals that hold near copies count as one.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from inference.vision.training.groups import group_names
from inference.vision.training.protocols import signatures_of, split_people
from inference.vision.training.recipe import Recipe
from inference.vision.training.samples import Samples
from inference.vision.types import Hook

NAMES = ("closed", "open")
FILE = "eye_state.npz"
NEAR_COPY, SIDE_PX = 0.95, 24


def load(data: Path, cache: Path, recipe: Recipe, hook: Hook) -> Samples:
    """Return all eye crops, 64 px gray; ``people`` are groups of originals that share near copies."""
    kept = np.load(data / FILE)
    images, truth = kept["images"], kept["is_open"].astype(np.int64)
    people = group_names(signatures_of(images, side_px=SIDE_PX), list(kept["source"]), above=NEAR_COPY)
    splits = split_people(list(people), validation=0.15, test=0.25)
    labels, sources = np.eye(2, dtype=np.float32)[truth], np.full(len(truth), "eyes")
    return Samples(images, labels, truth, people, splits, sources, NAMES)
