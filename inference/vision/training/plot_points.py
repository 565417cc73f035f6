"""What plots draw: curves and points made of scores, features and the history of a run."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import numpy.typing as npt

from inference.vision.training.metrics import IntArray
from inference.vision.types import FloatArray

BoolArray = npt.NDArray[np.bool_]


def tsne(features: FloatArray, *, seed: int, rows: int = 1500) -> tuple[FloatArray, IntArray]:
    """Return t-SNE points (m, 2) of at most ``rows`` of ``features`` (n, d), and which rows (m,) they are."""
    from sklearn.manifold import TSNE

    chosen = np.random.default_rng(seed).permutation(len(features))[:rows]
    perplexity = min(30.0, max(1.0, (len(chosen) - 1) / 3))
    points = TSNE(perplexity=perplexity, init="pca", random_state=seed).fit_transform(features[chosen])
    return np.asarray(points, np.float32), chosen.astype(np.int64)


def roc(scores: FloatArray, is_positive: BoolArray) -> tuple[FloatArray, FloatArray]:
    """Return false and true positive rates, one point a distinct score, from (0, 0) to (1, 1)."""
    order = np.argsort(-scores, kind="stable")
    positive = is_positive[order]
    last = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)
    true, false = np.cumsum(positive)[last], np.cumsum(~positive)[last]
    rates = (np.append(0, counts) / max(counts[-1], 1) for counts in (false, true))
    return tuple(np.asarray(rate, np.float32) for rate in rates)  # type: ignore[return-value]


def read_history(path: Path) -> dict[str, FloatArray]:
    """Return the columns of a run's history.csv, each (epochs,)."""
    with path.open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    return {name: np.array([float(row[name]) for row in rows], np.float32) for name in rows[0]} if rows else {}
