"""Figures of a classifier, each with a slow and obvious reference in the tests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inference.vision.types import FloatArray

IntArray = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ClassFigures:
    """Precision, recall and F1 of one class, each (value, low, high) with a 95 % interval; ``count`` is its faces."""

    label: str
    count: int
    precision: tuple[float, float, float]
    recall: tuple[float, float, float]
    f1: tuple[float, float, float]


def confusion(predicted: IntArray, truth: IntArray, classes: int) -> IntArray:
    """Return counts (classes, classes), row: truth, column: prediction."""
    return np.bincount(truth * classes + predicted, minlength=classes**2).reshape(classes, classes).astype(np.int64)


def precision_recall_f1(matrix: IntArray) -> FloatArray:
    """Return (classes, 3) from a confusion matrix; 0 where a class was never predicted or never there."""
    hits, said, real = np.diag(matrix), matrix.sum(axis=0), matrix.sum(axis=1)
    ratios = [hits / np.maximum(said, 1), hits / np.maximum(real, 1), 2 * hits / np.maximum(said + real, 1)]
    return np.stack(ratios, axis=1).astype(np.float32)


def macro_f1(scores: FloatArray, truth: IntArray) -> float:
    """Return the mean F1 over classes of ``scores`` (n, classes) against ``truth`` (n,)."""
    matrix = confusion(scores.argmax(axis=1), truth, scores.shape[1])
    return float(precision_recall_f1(matrix)[:, 2].mean())


def calibration_error(probabilities: FloatArray, truth: IntArray, *, bins: int = 15) -> float:
    """Return the expected calibration error: mean gap of confidence and accuracy over equal-width bins."""
    confidence, hit = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    index = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [abs(confidence[index == b].sum() - hit[index == b].sum()) for b in range(bins)]
    return float(sum(gaps) / len(truth))


def fitted_temperature(logits: FloatArray, labels: FloatArray) -> float:
    """Return the temperature in 0.3 to 5 with the least cross entropy of ``logits`` against soft ``labels``."""
    candidates = np.geomspace(0.3, 5.0, 200)
    return float(candidates[np.argmin([_cross_entropy(logits / value, labels) for value in candidates])])


def bootstrap_rows(people: npt.NDArray[np.str_], *, rounds: int, seed: int) -> list[IntArray]:
    """Return row numbers of ``rounds`` resamples that draw whole people: frames of one person are not independent."""
    random = np.random.default_rng(seed)
    order = np.argsort(people, kind="stable")
    groups = np.split(order, np.flatnonzero(people[order][1:] != people[order][:-1]) + 1)
    draws = random.integers(0, len(groups), (rounds, len(groups)))
    return [np.concatenate([groups[i] for i in draw]).astype(np.int64) for draw in draws]


def _cross_entropy(logits: FloatArray, labels: FloatArray) -> float:
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_sum = np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    return float(-(labels * (shifted - log_sum)).sum(axis=1).mean())
