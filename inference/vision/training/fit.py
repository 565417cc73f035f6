"""The one training loop: ``manage.py train FAMILY --data DIR``.

After every epoch the run's folder holds a checkpoint; a later call with the same folder continues from it and ends
with the same weights as an undisturbed run.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset

from inference.vision.training.initial import load_initial
from inference.vision.training.run import Run, resume, save, start
from inference.vision.training.schedules import rate_at
from inference.vision.training.task import Batch, Task

EpochHook = Callable[[int, int, int], None]
"""``hook(epoch, step, steps)`` after every step."""


class Steps(Dataset[Batch]):
    """The batches of one epoch; each is drawn by its own seed, so that the number of workers changes nothing."""

    def __init__(self, task: Task, epoch: int) -> None:
        self.task, self.epoch, self.rows = task, epoch, task.batches(epoch)
        profile, size_px = task.recipe.profile, task.recipe.input.size_px
        self.size_px = profile.small_px if epoch < profile.small_epochs else size_px

    def __len__(self) -> int:
        return len(self.rows)

    def __getitem__(self, step: int) -> Batch:
        seed = (self.task.recipe.profile.seed * 1000 + self.epoch) * 100_000 + step
        generator = torch.Generator().manual_seed(seed)
        return self.task.collate(self.rows[step], generator, size_px=self.size_px)


def fit(
    task: Task,
    folder: Path,
    *,
    device: str = "cpu",
    hook: EpochHook | None = None,
    init: Path | None = None,
    workers: int = 0,
) -> Path:
    """Train ``task``; return the file with the weights that did best on the validation people.

    ``folder`` keeps ``checkpoint.pt`` (to continue), ``best.pt`` and ``history.csv``. ``init`` is a state dict to start
    from. ``workers`` processes augment ahead; 0 does it between the steps.
    """
    folder.mkdir(parents=True, exist_ok=True)
    run, profile = start(task, device), task.recipe.profile
    if init:
        load_initial((run.network, run.average), init, family=task.recipe.family)
    run = resume(run, folder, device)
    while run.epoch < profile.epochs and not _is_stale(run, profile.patience):
        loss = _train_epoch(run, task, device, workers, hook)
        scores = task.score(run.average, device)
        run.history.append({"epoch": run.epoch, "train_loss": loss, **scores})
        run.epoch += 1
        _keep(run, -scores["loss"] if profile.monitor == "loss" else scores[profile.monitor], folder)
    return folder / "best.pt"


def _train_epoch(run: Run, task: Task, device: str, workers: int, hook: EpochHook | None) -> float:
    """Take one epoch of steps; return the mean loss."""
    run.network.train()
    torch.manual_seed(task.recipe.profile.seed * 1000 + run.epoch)
    steps, losses = Steps(task, run.epoch), []
    for step, batch in enumerate(DataLoader(steps, batch_size=None, num_workers=workers)):
        rate = rate_at(task.recipe.profile, run.epoch + step / len(steps))
        for group in run.optimizer.param_groups:
            group["lr"] = rate
        losses.append(_step(run, task, tuple(tensor.to(device) for tensor in batch)))
        if hook:
            hook(run.epoch, step + 1, len(steps))
    return float(np.mean(losses))


def _step(run: Run, task: Task, batch: Batch) -> float:
    loss = task.loss(run.network, run.loss, batch)
    run.optimizer.zero_grad(set_to_none=True)
    loss.backward()  # type: ignore[no-untyped-call]
    nn.utils.clip_grad_norm_(run.network.parameters(), 5.0)
    run.optimizer.step()
    _average(run, task.recipe.profile.ema_decay)
    return float(loss.detach())


@torch.no_grad()
def _average(run: Run, decay: float) -> None:
    """Move the averaged weights towards the network's; counters are copied."""
    now = run.network.state_dict()
    for name, kept in run.average.state_dict().items():
        if kept.is_floating_point():
            kept.lerp_(now[name], 1 - decay)
        else:
            kept.copy_(now[name])


def _keep(run: Run, score: float, folder: Path) -> None:
    """Save the averaged weights when they are the best so far, then the checkpoint."""
    if score > run.best:
        run.best, run.best_epoch = score, run.epoch
        torch.save(run.average.state_dict(), folder / "best.pt")
    save(run, folder)


def _is_stale(run: Run, patience: int) -> bool:
    return bool(patience) and run.best_epoch >= 0 and run.epoch - run.best_epoch >= patience
