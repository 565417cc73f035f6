"""Whether something is before a face: a hand, a mask, a phone. The landmark network alone seldom tells."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np

from inference.vision.families import build_network
from inference.vision.families.common import to_gray_input, to_probabilities
from inference.vision.families.cover.network import Cover
from inference.vision.runtime import BATCHES, in_batches, load_shipped
from inference.vision.types import ImageArray
from inference.vision.weights import card_path, load_card, verify

# What is beyond the face's box says nothing of the face: a tenth of the window on each side.
EDGE_SHARE = 0.1


class CoverFinder:
    """Tells covered faces from bare ones by the upright windows that the landmark network sees.

    Raises:
        WeightsError: its card or weights are missing, or the weights are not the card's.
    """

    def __init__(self) -> None:
        self._card = verify(load_card(card_path("cover")))
        self._threshold = float(self._card.test["threshold"])
        module = build_network(Cover, self._card)
        self._network = load_shipped(module, self._card, input_shape=(1, *self._card.input_size), device="cpu")

    def __call__(self, windows: ImageArray) -> list[bool]:
        """Return whether the face in each of the BGR ``windows`` (n, s, s, 3) is covered."""
        if not len(windows):
            return []
        gray = np.stack([_gray(window, self._card.input_size) for window in windows])
        (logits,) = in_batches(self._network, to_gray_input(gray, self._card), size=BATCHES["cpu"])
        return [bool(chance > self._threshold) for chance in to_probabilities(logits, temperature=1.0)[:, 1]]


def _gray(window: ImageArray, size: tuple[int, int]) -> ImageArray:
    """Return the middle of a window (s, s, 3) as gray (height, width) of ``size``."""
    edge = round(len(window) * EDGE_SHARE)
    gray = cv2.cvtColor(window[edge:-edge, edge:-edge], cv2.COLOR_BGR2GRAY)
    return cast("ImageArray", cv2.resize(gray, size[::-1], interpolation=cv2.INTER_AREA))
