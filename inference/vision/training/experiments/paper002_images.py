"""A stand-in for the paper's 2,027 images: as many of each class, with several pictures of a person where there are."""

from __future__ import annotations

import numpy as np

from inference.vision.training.samples import Samples

COUNTS = {"focused": 406, "distracted": 306, "curious": 367, "confused": 298, "tired": 278, "happy": 372}
SEED = 2024


def drawn(samples: Samples, *, counts: dict[str, int] = COUNTS, seed: int = SEED) -> Samples:
    """Return faces of ``samples`` by class as ``counts`` say, whatever their split.

    The paper has about 20 pictures of each of its 100 students, and splits them at random. So that this means the same
    here, faces of people with several pictures are drawn first.

    Raises:
        ValueError: a class has too few faces.
    """
    labelled = samples.where(samples.truth >= 0)
    _, person, pictures = np.unique(labelled.everyone(), return_inverse=True, return_counts=True)
    order = np.random.default_rng(seed).random(len(labelled.truth)) + (pictures[person] == 1)
    chosen = np.zeros(len(order), bool)
    for label, count in counts.items():
        rows = np.flatnonzero(labelled.truth == labelled.names.index(label))
        if len(rows) < count:
            raise ValueError(f"{label} has {len(rows)} faces, but {count} are wanted: add a set that shows it.")
        chosen[rows[np.argsort(order[rows])[:count]]] = True
    return labelled.where(chosen)
