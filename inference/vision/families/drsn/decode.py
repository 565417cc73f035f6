"""From aligned gray faces to the network's input, and from its logits to probabilities, as the card says."""

from __future__ import annotations

import numpy as np

from inference.vision.types import FloatArray, ImageArray
from inference.vision.weights import WeightCard


def to_input(faces: ImageArray, card: WeightCard) -> FloatArray:
    """Return (n, 1, h, w) float32 for aligned gray ``faces`` (n, h, w) uint8 of the card's input size.

    Raises:
        ValueError: the faces have another size.
    """
    if faces.shape[1:] != card.input_size:
        raise ValueError(f"faces are {faces.shape[1:]}, but {card.name} takes {card.input_size} (height, width)")
    return np.asarray((faces.astype(np.float32) / 255 - card.mean) / card.std, np.float32)[:, None]


def to_probabilities(logits: FloatArray, *, temperature: float) -> FloatArray:
    """Return probabilities (n, classes) that sum to 1; the card's ``temperature`` makes them calibrated."""
    scaled = logits.astype(np.float32) / np.float32(temperature)
    powers = np.exp(scaled - scaled.max(axis=1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=1, keepdims=True), np.float32)
