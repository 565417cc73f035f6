"""The learning-rate range test (Smith 2017, 10.1109/WACV.2017.58): raise the rate step by step and watch the loss.

Paper 000 chooses the peak of its cycle by it. A good ``max_rate`` lies where the loss still falls steeply, well below
the rate at which it climbs again.
"""

from __future__ import annotations

import csv
import itertools
import math
from collections.abc import Iterator, Sequence
from pathlib import Path

import torch
from torch import nn

from inference.vision.training.run import start
from inference.vision.training.task import Batch, Task

DIVERGED = 4.0  # times the best smoothed loss
SMOOTHING = 0.9
Curve = Sequence[tuple[float, float]]


def lr_range(
    task: Task, device: str = "cpu", *, lowest: float = 1e-6, highest: float = 1.0, steps: int = 100
) -> list[tuple[float, float]]:
    """Return (rate, smoothed loss) of up to ``steps`` steps from ``lowest`` to ``highest``, evenly on a log scale.

    The network is a fresh one and is thrown away. It stops early when the loss has diverged.

    Raises:
        ValueError: the rates do not climb, or there are fewer than two steps.
    """
    if not 0 < lowest < highest or steps < 2:
        raise ValueError(f"The rates {lowest:g} to {highest:g} in {steps} steps do not climb: give two steps or more.")
    run, curve, average = start(task, device), [], 0.0
    run.network.train()
    for step, batch in enumerate(itertools.islice(_batches(task), steps)):
        rate = lowest * (highest / lowest) ** (step / (steps - 1))
        for group in run.optimizer.param_groups:
            group["lr"] = rate
        loss = task.loss(run.network, run.loss, tuple(tensor.to(device) for tensor in batch))
        average = SMOOTHING * average + (1 - SMOOTHING) * float(loss.detach())
        curve.append((rate, average / (1 - SMOOTHING ** (step + 1))))
        if _has_diverged(curve):
            break
        run.optimizer.zero_grad(set_to_none=True)
        loss.backward()  # type: ignore[no-untyped-call]
        nn.utils.clip_grad_norm_(run.network.parameters(), 5.0)
        run.optimizer.step()
    return curve


def steepest_rate(curve: Curve) -> float:
    """Return the rate at which the loss of ``curve`` falls fastest for each factor of the rate: a good ``max_rate``.

    Raises:
        ValueError: the curve has fewer than two points, or its loss never falls.
    """
    slopes = [
        ((after - before) / math.log(high / low), low)
        for (low, before), (high, after) in itertools.pairwise(curve)
        if math.isfinite(after)
    ]
    if not slopes or min(slopes)[0] >= 0:
        raise ValueError("The loss never falls: start the range test from a lower rate, or take more steps.")
    return min(slopes)[1]


def write_curve(curve: Curve, path: Path) -> Path:
    """Write ``curve`` as a csv file with the columns rate and loss; return its path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(("rate", "loss"))
        writer.writerows(curve)
    return path


def _batches(task: Task) -> Iterator[Batch]:
    """Yield augmented batches, epoch after epoch."""
    for epoch in itertools.count():
        for step, rows in enumerate(task.batches(epoch)):
            generator = torch.Generator().manual_seed(task.recipe.profile.seed + 100_000 * epoch + step)
            yield task.collate(rows, generator, size_px=task.recipe.input.size_px)


def _has_diverged(curve: Curve) -> bool:
    loss, best = curve[-1][1], min(loss for _, loss in curve)
    return not math.isfinite(loss) or loss > DIVERGED * best
