"""What a command was asked to do, as one value."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from inference.vision.training.recipe import Recipe
from inference.vision.training.samples import Samples


@dataclass(frozen=True, slots=True)
class Job:
    """A recipe with its labelled pictures; ``data`` holds the sets, ``cache`` what is slow to make of them.

    ``folder`` is the run's; a job with ``ships`` writes the run's best weights and their card into the family.
    """

    recipe: Recipe
    samples: Samples
    data: Path
    cache: Path
    folder: Path
    device: str
    ships: bool = False
