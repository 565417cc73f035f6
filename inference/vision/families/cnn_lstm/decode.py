"""From aligned gray faces, single or 16 in a row, to the network's input, and from its logits to probabilities."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from inference.vision.families.cnn_lstm.data import prepare
from inference.vision.families.common import to_probabilities
from inference.vision.types import FloatArray, ImageArray
from inference.vision.weights import WeightCard

__all__ = ["WINDOW", "read_windows", "to_clips", "to_input", "to_probabilities"]

WINDOW = 16  # frames; the paper gives no number


def to_input(faces: ImageArray, card: WeightCard) -> FloatArray:
    """Return (n, 2, h, w) float32 for aligned gray ``faces`` (n, h, w) uint8 of the card's input size.

    Raises:
        ValueError: the faces have another size.
    """
    if faces.shape[1:] != card.input_size:
        raise ValueError(f"faces are {faces.shape[1:]}, but {card.name} takes {card.input_size} (height, width)")
    both = prepare(faces, card.input_size[0])
    return np.asarray((both.astype(np.float32) / 255 - card.mean) / card.std, np.float32)


def to_clips(faces: ImageArray, card: WeightCard) -> FloatArray:
    """Return (n, WINDOW, 2, h, w) float32 for windows (n, WINDOW, h, w) uint8 of aligned gray faces of one track each.

    Raises:
        ValueError: a window has another number of faces, or the faces have another size.
    """
    if faces.ndim != 4 or faces.shape[1] != WINDOW:
        raise ValueError(f"windows are {faces.shape}, but {card.name} takes (n, {WINDOW}, height, width)")
    inputs = to_input(faces.reshape(-1, *faces.shape[2:]), card)
    return inputs.reshape(*faces.shape[:2], *inputs.shape[1:])


def read_windows(
    network: Callable[[FloatArray], tuple[FloatArray, ...]], windows: ImageArray, card: WeightCard
) -> FloatArray:
    """Return calibrated probabilities (n, classes) of ``windows`` (n, WINDOW, h, w) uint8 of one track each.

    ``network`` answers normalised clips with logits, such as ``load_module(..., input_shape=(WINDOW, 2, h, w))``.

    Raises:
        ValueError: a window has another number of faces, or the faces have another size.
    """
    logits, *_ = network(to_clips(windows, card))
    return to_probabilities(logits, temperature=card.temperature)
