"""From gray faces to the network's input, and from its logits to probabilities, as the card says."""

from __future__ import annotations

from inference.vision.families.common import to_gray_input as to_input
from inference.vision.families.common import to_probabilities

__all__ = ["to_input", "to_probabilities"]
