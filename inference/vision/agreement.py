"""Where a second network's basic emotion does not go with the learning emotion: uncertainty, never another score."""

from __future__ import annotations

from types import MappingProxyType

import numpy as np

from inference.vision.concentration import Values

# After the rules of docs/models/weak-labels.md and the labels that people gave: which basic emotions go with a learning
# emotion. *Distracted* and *tired* are told by head and eyes, of which the basic emotions know nothing.
GO_WITH = MappingProxyType({
    "focused": frozenset({"neutral"}),
    "happy": frozenset({"happy"}),
    "curious": frozenset({"surprise", "fear"}),
    "confused": frozenset({"angry", "sad", "disgust", "fear"}),
})  # fmt: skip


def agreement(probabilities: Values, labels: tuple[str, ...], basic: Values, basic_labels: tuple[str, ...]) -> Values:
    """Return (n,) 1 where the likeliest of ``basic`` (n, k) goes with that of ``probabilities`` (n, 6), else 0.

    NaN where one of them was not estimated, or the learning emotion is one that the basic ones cannot confirm.
    """
    known = np.isfinite(probabilities).all(axis=1) & np.isfinite(basic).all(axis=1)
    table = np.array([[_goes(label, other) for other in basic_labels] for label in labels])
    found = np.full(len(probabilities), np.nan)
    found[known] = table[probabilities[known].argmax(axis=1), basic[known].argmax(axis=1)]
    return found


def _goes(label: str, basic_label: str) -> float:
    return float(basic_label in GO_WITH[label]) if label in GO_WITH else float("nan")
