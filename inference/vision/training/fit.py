"""Train a family on weak labels: ``manage.py train drsn --data DIR``.

One flat loop. After every epoch the run's folder holds a checkpoint; a later call with the same folder continues from
it and ends with the same weights as an undisturbed run.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.vision.families.drsn.data import augment, centre_crop
from inference.vision.families.drsn.loss import soft_cross_entropy
from inference.vision.training.batches import as_tensor, batches_of, class_weights
from inference.vision.training.metrics import macro_f1
from inference.vision.training.prepare import Faces
from inference.vision.training.protocols import TRAIN, VALIDATION
from inference.vision.training.recipe import Recipe
from inference.vision.training.run import Run, resume, save, start
from inference.vision.training.weak_labels import MIN_STRENGTH
from inference.vision.types import FloatArray

EpochHook = Callable[[int, int, int], None]
"""``hook(epoch, step, steps)`` after every step."""
EVALUATION_BATCH = 256


def fit(recipe: Recipe, faces: Faces, folder: Path, *, device: str = "cpu", hook: EpochHook | None = None) -> Path:
    """Train by ``recipe`` on the labelled ``faces``; return the file with the best weights on validation people.

    ``folder`` keeps ``checkpoint.pt`` (to continue) and ``best.pt``. Test people are never looked at.
    """
    folder.mkdir(parents=True, exist_ok=True)
    chosen = faces.where(faces.strength >= MIN_STRENGTH)
    train, validation = chosen.where(chosen.splits == TRAIN), chosen.where(chosen.splits == VALIDATION)
    run = resume(start(recipe, device), folder / "checkpoint.pt", device)
    while run.epoch < recipe.epochs and not _is_stale(run, recipe):
        loss = train_epoch(run, recipe, train, device, hook)
        score = macro_f1(predict(run.average, recipe, validation, device), validation.labels.argmax(axis=1))
        run.history.append({"epoch": run.epoch, "loss": loss, "macro_f1": score})
        run.epoch += 1
        _keep(run, score, folder)
    return folder / "best.pt"


def train_epoch(run: Run, recipe: Recipe, faces: Faces, device: str, hook: EpochHook | None) -> float:
    """Take one epoch of steps; return the mean loss."""
    run.network.train()
    generator = torch.Generator().manual_seed(recipe.seed * 1000 + run.epoch)
    torch.manual_seed(recipe.seed * 1000 + run.epoch)
    batches = list(batches_of(recipe, faces, run.epoch))
    weights = class_weights(faces, recipe.class_weight_power).to(device)
    losses = []
    for step, rows in enumerate(batches):
        _set_rate(run.optimizer, recipe, run.epoch + step / len(batches))
        images = augment(as_tensor(faces, rows), recipe.size_px, generator)
        if run.epoch < recipe.small_epochs:
            images = functional.interpolate(images, size=(recipe.small_px,) * 2, mode="area")
        labels = torch.from_numpy(faces.labels[rows])
        losses.append(_step(run, recipe, images.to(device), labels.to(device), weights))
        if hook:
            hook(run.epoch, step + 1, len(batches))
    return float(np.mean(losses))


@torch.inference_mode()
def predict(network: nn.Module, recipe: Recipe, faces: Faces, device: str) -> FloatArray:
    """Return the logits (n, 6) of ``faces``, unaugmented."""
    network.eval()
    parts = []
    for begin in range(0, len(faces.images), EVALUATION_BATCH):
        rows = np.arange(begin, min(begin + EVALUATION_BATCH, len(faces.images)))
        images = centre_crop(as_tensor(faces, rows), recipe.size_px).to(device)
        parts.append(network((images - recipe.mean) / recipe.std).float().cpu().numpy())
    return np.concatenate(parts)


def _step(run: Run, recipe: Recipe, images: Tensor, labels: Tensor, weights: Tensor) -> float:
    inputs = ((images - recipe.mean) / recipe.std).contiguous(memory_format=torch.channels_last)
    with torch.autocast(images.device.type, torch.bfloat16):
        features = run.network.forward_features(inputs)  # type: ignore[operator]
        logits = run.network.forward_head(features)  # type: ignore[operator]
    smooth = labels * (1 - recipe.label_smoothing) + recipe.label_smoothing / labels.shape[1]
    loss = soft_cross_entropy(logits, smooth, weights) + recipe.centre_lambda * run.centres(features, labels)
    run.optimizer.zero_grad(set_to_none=True)
    loss.backward()
    nn.utils.clip_grad_norm_(run.network.parameters(), 5.0)
    run.optimizer.step()
    _average(run, recipe.ema_decay)
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


def _set_rate(optimizer: torch.optim.Optimizer, recipe: Recipe, epochs_done: float) -> None:
    """Warm up linearly, then follow half a cosine to zero."""
    if epochs_done < recipe.warmup_epochs:
        share = (epochs_done + 0.02) / recipe.warmup_epochs
    else:
        rest = (epochs_done - recipe.warmup_epochs) / max(recipe.epochs - recipe.warmup_epochs, 1)
        share = (1 + math.cos(math.pi * rest)) / 2
    for group in optimizer.param_groups:
        group["lr"] = recipe.learning_rate * min(share, 1.0)


def _keep(run: Run, score: float, folder: Path) -> None:
    """Save the averaged weights when they are the best so far, then the checkpoint."""
    if score > run.best:
        run.best, run.best_epoch = score, run.epoch
        torch.save(run.average.state_dict(), folder / "best.pt")
    save(run, folder / "checkpoint.pt")


def _is_stale(run: Run, recipe: Recipe) -> bool:
    return bool(recipe.patience) and run.best_epoch >= 0 and run.epoch - run.best_epoch >= recipe.patience
