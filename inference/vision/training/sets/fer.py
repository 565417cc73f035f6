"""FER2013 with FER+ votes as three tasks: seven basic emotions, six without neutral, three kinds of valence.

The public test is the test split; copies and near copies of its pictures are in no other one.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from inference.vision.training.datasets import Source, load_fer
from inference.vision.training.metrics import IntArray
from inference.vision.training.recipe import Recipe
from inference.vision.training.samples import Samples
from inference.vision.types import FloatArray, Hook

BASIC = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")
VALENCE = ("negative", "neutral", "positive")
VOTED = (4, 5, 6, 1, 3, 2, 0)  # columns of the FER+ votes in the order of BASIC
NEGATIVE, NEUTRAL, POSITIVE = (3, 4, 5, 6, 7), (0,), (1,)
OWN_LABEL = 0.6  # share of FER2013's label in the label that is trained; the votes of ten people have the rest
UNLABELLED = 255
MAJORITY = 0.5


def load_basic(data: Path, cache: Path, recipe: Recipe, hook: Hook) -> Samples:
    """Return seven classes, learned from FER2013's label and the votes; what counts in a test is the former."""
    return _basic(data, OWN_LABEL)


def load_own(data: Path, cache: Path, recipe: Recipe, hook: Hook) -> Samples:
    """Return seven classes, learned from FER2013's label alone: voters say neutral twice as often as it does."""
    return _basic(data, 1.0)


def _basic(data: Path, own_share: float) -> Samples:
    source = load_fer(data)
    truth = _own_labels(source)
    votes = source.facts["votes"][:, VOTED].astype(np.float32)
    votes = votes / np.maximum(votes.sum(axis=1, keepdims=True), 1)
    own = np.eye(len(BASIC), dtype=np.float32)[np.maximum(truth, 0)]
    share = np.where(votes.sum(axis=1, keepdims=True) > 0, own_share, 1.0)
    return _samples(source, share * own + (1 - share) * votes, truth, BASIC)


def load_six(data: Path, cache: Path, recipe: Recipe, hook: Hook) -> Samples:
    """Return the six classes of paper 003's tables: faces labelled neutral are left out."""
    seven = load_basic(data, cache, recipe, hook)
    kept = seven.where((seven.truth >= 0) & (seven.truth < len(BASIC) - 1))
    labels = kept.labels[:, :-1] / kept.labels[:, :-1].sum(axis=1, keepdims=True)
    return Samples(kept.images, labels, kept.truth, kept.people, kept.splits, kept.sources, BASIC[:-1])


def load_valence(data: Path, cache: Path, recipe: Recipe, hook: Hook) -> Samples:
    """Return three classes from the votes; surprise has no valence of its own, so its votes are left out.

    A face counts where one of the three has more than half of all votes, those for surprise, unknown and no face
    included: the majority rule of FER+ (Barsoum et al. 2016, 10.1145/2993148.2993165), applied to valence.
    """
    source = load_fer(data)
    votes = source.facts["votes"].astype(np.float32)
    sums = np.stack([votes[:, columns].sum(axis=1) for columns in (NEGATIVE, NEUTRAL, POSITIVE)], axis=1)
    total = sums.sum(axis=1, keepdims=True)
    counts = sums.max(axis=1) > MAJORITY * votes.sum(axis=1)
    truth = np.where(counts, sums.argmax(axis=1), -1)
    return _samples(source, sums / np.maximum(total, 1), truth, VALENCE)


def _own_labels(source: Source) -> IntArray:
    own = source.facts["fer2013_label"].astype(np.int64)
    clear = (own != UNLABELLED) & (source.facts["fer2013_label_ambiguous"] == 0)
    return np.where(clear, own, -1)


def _samples(source: Source, labels: FloatArray, truth: IntArray, names: tuple[str, ...]) -> Samples:
    sources = np.full(len(truth), source.name)
    images = np.asarray(source.images)
    return Samples(images, labels.astype(np.float32), truth, source.people, source.splits, sources, names)
