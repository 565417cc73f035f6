"""What a test on held-out people says about a network, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inference.vision.training.metrics import (
    ClassFigures,
    IntArray,
    bootstrap_rows,
    calibration_error,
    confusion,
    precision_recall_f1,
)
from inference.vision.types import FloatArray

ROUNDS, SEED = 1000, 7
Interval = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Report:
    """Figures on the test people against weak labels; intervals are 95 %, drawn over people."""

    count: int
    people: int
    accuracy: Interval
    macro_f1: Interval
    classes: tuple[ClassFigures, ...]
    matrix: IntArray
    ece: float
    commonest_accuracy: float
    commonest_macro_f1: float
    guess_macro_f1: float
    accuracy_by_source: Mapping[str, tuple[float, int]]


def report_of(
    probabilities: FloatArray,
    truth: IntArray,
    *,
    people: npt.NDArray[np.str_],
    sources: npt.NDArray[np.str_],
    labels: tuple[str, ...],
) -> Report:
    """Return the figures of ``probabilities`` (n, classes) against ``truth`` (n,)."""
    predicted = probabilities.argmax(axis=1)
    matrix = confusion(predicted, truth, len(labels))
    draws = bootstrap_rows(people, rounds=ROUNDS, seed=SEED)
    matrices = [confusion(predicted[rows], truth[rows], len(labels)) for rows in draws]
    figures = np.stack([precision_recall_f1(drawn) for drawn in matrices])
    accuracies = np.array([np.trace(drawn) / drawn.sum() for drawn in matrices])
    values = precision_recall_f1(matrix)
    shares = matrix.sum(axis=1) / matrix.sum()
    return Report(
        count=len(truth),
        people=len(np.unique(people)),
        accuracy=_interval(np.trace(matrix) / matrix.sum(), accuracies),
        macro_f1=_interval(values[:, 2].mean(), figures[:, :, 2].mean(axis=1)),
        classes=tuple(_class_figures(labels, matrix, values, figures)),
        matrix=matrix,
        ece=calibration_error(probabilities, truth),
        commonest_accuracy=float(shares.max()),
        commonest_macro_f1=float(2 * shares.max() / (1 + shares.max()) / len(labels)),
        guess_macro_f1=float(np.mean(shares)),
        accuracy_by_source=_by_source(predicted == truth, sources),
    )


def area_under_curve(scores: FloatArray, positive: npt.NDArray[np.bool_]) -> float:
    """Return the chance that a positive scores above a negative; ties count half."""
    above = scores[positive][:, None] - scores[~positive][None, :]
    return float((above > 0).mean() + (above == 0).mean() / 2)


def _class_figures(
    labels: tuple[str, ...], matrix: IntArray, values: FloatArray, drawn: FloatArray
) -> list[ClassFigures]:
    counts = matrix.sum(axis=1)
    rows = [[_interval(values[i, k], drawn[:, i, k]) for k in range(3)] for i in range(len(labels))]
    return [ClassFigures(label, int(counts[i]), *rows[i]) for i, label in enumerate(labels)]


def _interval(value: float, drawn: FloatArray) -> Interval:
    low, high = np.percentile(drawn, [2.5, 97.5])
    return float(value), float(low), float(high)


def _by_source(hits: npt.NDArray[np.bool_], sources: npt.NDArray[np.str_]) -> dict[str, tuple[float, int]]:
    names = [str(name) for name in np.unique(sources)]
    return {name: (float(hits[sources == name].mean()), int((sources == name).sum())) for name in names}
