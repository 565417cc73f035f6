"""The usual task: one class, soft or hard, for each face."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import numpy as np
import torch
from torch import Generator, Tensor, nn
from torch.nn import functional

from inference.vision.families import network_class
from inference.vision.training.batches import batches_of, class_weights
from inference.vision.training.metrics import macro_f1
from inference.vision.training.protocols import TRAIN, VALIDATION
from inference.vision.training.recipe import Recipe
from inference.vision.training.samples import Samples
from inference.vision.training.task import Batch, Rows
from inference.vision.types import FloatArray, ImageArray

EVALUATION_BATCH = 256


class Classification:
    """Training of ``recipe``'s family on ``samples``; test people are never looked at."""

    def __init__(self, recipe: Recipe, samples: Samples) -> None:
        self.recipe = recipe
        self.train, self.validation = samples.counted(TRAIN), samples.counted(VALIDATION)
        self._images: torch.Tensor | None = None
        self._weights = class_weights(self.train.labels, recipe.profile.class_weight_power)

    def build(self) -> tuple[nn.Module, nn.Module]:
        """Return the family's network and loss, freshly drawn."""
        return fresh(self.recipe, len(self.train.names))

    def batches(self, epoch: int) -> list[Rows]:
        """Return the rows of each step of ``epoch``."""
        return batches_of(self.recipe.profile, self.train.labels, epoch)

    def collate(self, rows: Rows, generator: Generator, *, size_px: int) -> Batch:
        """Return normalised, augmented pictures (n, c, size_px, size_px) and their soft labels."""
        profile = self.recipe.profile
        images = augmented(self.recipe, self._prepared()[torch.from_numpy(rows)], generator, size_px=size_px)
        labels = torch.from_numpy(self.train.labels[rows])
        labels = labels * (1 - profile.label_smoothing) + profile.label_smoothing / labels.shape[1]
        if profile.mixup:
            images, labels = _mixed(images, labels, profile.mixup, generator)
        return (images - self.recipe.input.mean) / self.recipe.input.std, labels

    def loss(self, network: Any, loss: nn.Module, batch: Batch) -> Tensor:
        """Return the family's loss of ``batch``; the network runs in bfloat16 where that is faster."""
        images, labels = batch
        with torch.autocast(images.device.type, torch.bfloat16, enabled=computes_bf16(images.device.type)):
            features = network.forward_features(images.contiguous(memory_format=torch.channels_last))
            logits = network.forward_head(features)
        value: Tensor = loss(features.float(), logits.float(), labels, self._weights.to(images.device))
        return value

    def score(self, network: nn.Module, device: str) -> dict[str, float]:
        """Return macro-F1, accuracy and cross entropy on the validation people."""
        logits, truth = predict(network, self.recipe, self.validation, device), self.validation.truth
        entropy = functional.cross_entropy(torch.from_numpy(logits), torch.from_numpy(truth))
        accuracy = float((logits.argmax(axis=1) == truth).mean())
        return {"macro_f1": macro_f1(logits, truth), "accuracy": accuracy, "loss": float(entropy)}

    def _prepared(self) -> Tensor:
        if self._images is None:
            prepare = family_part(self.recipe.family, "data").prepare
            self._images = torch.from_numpy(prepare(self.train.images, self.recipe.input.size_px))
        return self._images


def fresh(recipe: Recipe, classes: int) -> tuple[nn.Module, nn.Module]:
    """Return the network and the loss of the family of ``recipe``, freshly drawn."""
    network: nn.Module = network_class(recipe.family)(num_classes=classes, **recipe.network)
    build_loss = family_part(recipe.family, "loss").build_loss
    loss: nn.Module = build_loss(num_classes=classes, feature_size=network.feature_size, **recipe.loss)
    return network, loss


def augmented(recipe: Recipe, prepared: Tensor, generator: Generator, *, size_px: int) -> Tensor:
    """Return ``prepared`` pictures (n, c, h, w) uint8 as the family augments them, in 0..1, shrunk to ``size_px``."""
    images: Tensor = family_part(recipe.family, "data").augment(prepared.float() / 255, recipe.input.size_px, generator)
    if size_px != images.shape[-1]:
        images = functional.interpolate(images, size=(size_px, size_px), mode="area")
    return images


def computes_bf16(device_type: str) -> bool:
    """Say whether the device computes bfloat16; processors that imitate it are eight times slower than in float32."""
    return device_type != "cpu" or torch.cpu._is_avx512_bf16_supported()


def family_part(family: str, part: str) -> Any:
    """Return module ``part`` (data, loss, decode) of ``family``."""
    return import_module(f"inference.vision.families.{family}.{part}")


def predict(network: Any, recipe: Recipe, samples: Samples, device: str) -> FloatArray:
    """Return the logits (n, classes) of ``samples``, unaugmented; with ``tta`` the mean of a face and its mirror."""
    if not recipe.input.tta:
        return _answers(network, network, recipe, samples, device)
    return _answers(network, lambda images: (network(images) + network(images.flip(-1))) / 2, recipe, samples, device)


def embed(network: Any, recipe: Recipe, samples: Samples, device: str) -> FloatArray:
    """Return the features (n, feature_size) of ``samples``, unaugmented."""
    return _answers(network, network.forward_features, recipe, samples, device)


@torch.inference_mode()
def _answers(
    network: nn.Module, ask: Callable[[Tensor], Tensor], recipe: Recipe, samples: Samples, device: str
) -> FloatArray:
    network.eval()
    count = len(samples.images)
    parts = [slice(begin, begin + EVALUATION_BATCH) for begin in range(0, count, EVALUATION_BATCH)]
    answers = [ask(inputs_of(recipe, samples.images[part]).to(device)).float().cpu().numpy() for part in parts]
    return np.concatenate(answers)


def inputs_of(recipe: Recipe, images: ImageArray) -> Tensor:
    """Return ``images`` as the network takes them, unaugmented."""
    data, shown = family_part(recipe.family, "data"), recipe.input
    prepared = torch.from_numpy(data.prepare(images, shown.size_px)).float() / 255
    inputs: Tensor = (data.plain(prepared, shown.size_px) - shown.mean) / shown.std
    return inputs


def _mixed(images: Tensor, labels: Tensor, alpha: float, generator: Generator) -> tuple[Tensor, Tensor]:
    """Return each picture blended with another one, and their labels alike (Zhang et al. 2018)."""
    seed = int(torch.randint(2**31, (1,), generator=generator))
    share = float(np.random.default_rng(seed).beta(alpha, alpha))
    other = torch.randperm(len(images), generator=generator)
    return images * share + images[other] * (1 - share), labels * share + labels[other] * (1 - share)
