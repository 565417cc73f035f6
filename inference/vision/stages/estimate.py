"""Expression patterns of aligned faces: the shipped classifier in batches, softmax with the card's temperature."""

from __future__ import annotations

import numpy as np

from inference.vision.families import load_network
from inference.vision.families.drsn.decode import to_input, to_probabilities
from inference.vision.runtime import BATCHES, Device, Network, in_batches, load_module
from inference.vision.stages.align import align
from inference.vision.types import FloatArray, ImageArray
from inference.vision.weights import WeightCard

FAMILY = "drsn"


class ExpressionEstimator:
    """A classifier of aligned faces, with its card."""

    def __init__(self, network: Network, card: WeightCard, *, batch: int) -> None:
        self._network = network
        self._batch = batch
        self._template = np.array(card.template, np.float32)
        self.card = card

    def aligned(self, image_bgr: ImageArray, landmarks: FloatArray) -> ImageArray:
        """Return the gray crop of one face with ``landmarks`` (5, 2), of the card's input size."""
        return align(image_bgr, landmarks, template=self._template, size=self.card.input_size)

    def __call__(self, crops: list[ImageArray]) -> FloatArray:
        """Return probabilities (n, labels) of aligned gray crops."""
        if not crops:
            return np.zeros((0, len(self.card.labels)), np.float32)
        batch = to_input(np.stack(crops), self.card)
        (logits,) = in_batches(self._network, batch, size=self._batch)
        return to_probabilities(logits, temperature=self.card.temperature)


def load_estimator(device: Device, *, family: str = FAMILY) -> ExpressionEstimator:
    """Load the shipped classifier of ``family`` onto ``device``."""
    module, card = load_network(family)
    network = load_module(module, input_shape=(1, *card.input_size), device=device, precision=card.engine_precision)
    return ExpressionEstimator(network, card, batch=BATCHES[device])
