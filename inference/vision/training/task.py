"""What the training loop needs to know of what is learned."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
from torch import Generator, Tensor, nn

from inference.vision.training.recipe import Recipe

Rows = npt.NDArray[np.intp]
Batch = tuple[Tensor, ...]


class Task(Protocol):
    """Pictures, their labels, a network and a loss: everything besides the loop."""

    @property
    def recipe(self) -> Recipe:
        """How it is trained."""

    def build(self) -> tuple[nn.Module, nn.Module]:
        """Return a fresh network and a fresh loss."""

    def batches(self, epoch: int) -> Sequence[Rows]:
        """Return the rows of each step of ``epoch``."""

    def collate(self, rows: Rows, generator: Generator, *, size_px: int) -> Batch:
        """Return augmented pictures of side ``size_px`` and what the loss compares them with, on the CPU."""

    def loss(self, network: nn.Module, loss: nn.Module, batch: Batch) -> Tensor:
        """Return the loss of ``batch``, which is on the network's device."""

    def score(self, network: nn.Module, device: str) -> dict[str, float]:
        """Return figures on the validation people; the profile's ``monitor`` names the one that decides."""
