"""Expression patterns of aligned faces: shipped classifiers in batches, softmax with their card's temperature."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib import import_module
from types import MappingProxyType
from typing import Any

import numpy as np

from inference.vision.families import load_network
from inference.vision.features.light import restored
from inference.vision.runtime import BATCH_STEPS, BATCHES, Device, Network, in_batches, load_shipped
from inference.vision.stages.align import align
from inference.vision.types import FloatArray, ImageArray
from inference.vision.weights import WeightCard, WeightsError

FAMILY = "drsn"
EXTRA_FAMILIES = MappingProxyType({"valence": "eca_resnet", "basic": "ds_efficientnet"})


class ExpressionEstimator:
    """A classifier of aligned faces, with its card; ``decode`` is its family's module of that name."""

    def __init__(self, network: Network, card: WeightCard, decode: Any, *, batch: int, step: int | None = None) -> None:
        self._network = network
        self._decode = decode
        self._batch, self._step = batch, step
        self._template = np.array(card.template, np.float32)
        self.card = card

    def aligned(self, image_bgr: ImageArray, landmarks: FloatArray) -> ImageArray:
        """Return the gray crop of one face with ``landmarks`` (5, 2), of the card's input size; dim ones restored."""
        return restored(align(image_bgr, landmarks, template=self._template, size=self.card.input_size))

    def __call__(self, crops: list[ImageArray]) -> FloatArray:
        """Return probabilities (n, labels) of aligned gray crops."""
        if not crops:
            return np.zeros((0, len(self.card.labels)), np.float32)
        batch = self._decode.to_input(np.stack(crops), self.card)
        (logits,) = in_batches(self._network, batch, size=self._batch, step=self._step)
        found: FloatArray = self._decode.to_probabilities(logits, temperature=self.card.temperature)
        return found


def load_estimator(device: Device, *, family: str = FAMILY) -> ExpressionEstimator:
    """Load the shipped classifier of ``family`` onto ``device``.

    Raises:
        WeightsError: the family, its card or its weights are missing, or the weights are not the card's.
    """
    module, card = load_network(family)
    decode = import_module(f"inference.vision.families.{card.family}.decode")
    shape = decode.to_input(np.zeros((1, *card.input_size), np.uint8), card).shape[1:]
    network = load_shipped(module, card, input_shape=shape, device=device)
    return ExpressionEstimator(network, card, decode, batch=BATCHES[device], step=BATCH_STEPS[device])


def load_extras(
    device: Device, names: Sequence[str], *, families: Mapping[str, str] = EXTRA_FAMILIES
) -> dict[str, ExpressionEstimator]:
    """Load the classifiers of the estimates ``names`` (of ``types.EXTRAS``), and no other; ``families`` name them.

    Raises:
        WeightsError: one of them cannot be opened.
    """
    return {name: _load_extra(device, name, families[name]) for name in names}


def _load_extra(device: Device, name: str, family: str) -> ExpressionEstimator:
    try:
        return load_estimator(device, family=family)
    except WeightsError as error:
        reason = f"The estimate {name!r} was chosen, but its network {family} cannot be opened."
        raise WeightsError(f"{reason} {error}") from error
