"""From aligned colour faces to the network's input, and from embeddings to who it is, as the card says."""

from __future__ import annotations

import numpy as np

from inference.vision.families.facenet.data import prepare
from inference.vision.types import FloatArray, ImageArray
from inference.vision.weights import WeightCard, WeightsError


def to_input(faces: ImageArray, card: WeightCard) -> FloatArray:
    """Return RGB (n, 3, h, w) float32 for aligned ``faces``, BGR (n, h, w, 3) or gray (n, h, w) uint8.

    Raises:
        ValueError: the faces have another size than the card's.
    """
    if faces.shape[1:3] != card.input_size:
        raise ValueError(f"faces are {faces.shape[1:3]}, but {card.name} takes {card.input_size} (height, width)")
    pixels = prepare(faces, card.input_size[0]).astype(np.float32)
    return np.asarray((pixels / 255 - card.mean) / card.std, np.float32)


def threshold_of(card: WeightCard) -> float:
    """Return the least cosine of two photos of one person: strangers reach it at the rate that the card names.

    Raises:
        WeightsError: the card has none.
    """
    if "threshold" not in card.test:
        raise WeightsError(f"The card of {card.name} has no threshold: run manage.py evaluate {card.family} --publish.")
    return float(card.test["threshold"])


def match(probe: FloatArray, gallery: FloatArray, threshold: float) -> int | None:
    """Return the row of ``gallery`` (m, d) nearest to ``probe`` (d,), or None: unknown, none is near enough.

    All are unit vectors; ``threshold`` is the least cosine of a match. An empty gallery knows nobody.
    """
    if not len(gallery):
        return None
    scores = gallery @ probe
    best = int(scores.argmax())
    return best if float(scores[best]) >= threshold else None
