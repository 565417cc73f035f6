"""Plots of a run: arrays in, one PNG file out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from matplotlib.ticker import MaxNLocator

from inference.vision.training.metrics import IntArray, calibration_error
from inference.vision.training.plot_points import BoolArray, read_history, roc, tsne
from inference.vision.training.plot_style import BLUE, DASHES, GROUND, INK, INK_3, LINE, MARKERS, colour_of, drawing
from inference.vision.types import FloatArray


def plot_curves(history: Mapping[str, FloatArray], path: Path) -> None:
    """Draw losses and validation scores over epochs; ``history`` maps columns of history.csv to values (epochs,)."""
    epochs = np.asarray(history["epoch"]) + 1
    losses = [name for name in history if "loss" in name]
    scores = [name for name in history if name != "epoch" and name not in losses]
    with drawing(path, width_in=9.0, height_in=3.4, columns=2) as axes:
        for axis, names, title in zip(axes, (losses, scores), ("Loss", "Validation scores"), strict=True):
            for name, dash, marker in zip(names, DASHES, MARKERS, strict=False):
                axis.plot(epochs, history[name], dash, marker=marker, markersize=3.5, label=name.replace("_", " "))
            axis.set(title=title, xlabel="epoch")
            axis.xaxis.set_major_locator(MaxNLocator(integer=True))
            if names:
                axis.legend()


def plot_confusion(matrix: IntArray, labels: Sequence[str], path: Path) -> None:
    """Draw counts (classes, classes), row: truth, column: prediction; the shade is the share of the row."""
    shares = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    side_in = 2.2 + 0.55 * len(labels)
    with drawing(path, width_in=side_in + 0.4, height_in=side_in) as (axis,):
        axis.imshow(shares, cmap="Blues", vmin=0, vmax=1)
        for (row, column), count in np.ndenumerate(matrix):
            ink = GROUND if shares[row, column] > 0.55 else INK
            axis.text(column, row, f"{count:,}", ha="center", va="center", color=ink, fontsize=8)
        axis.set_xticks(range(len(labels)), labels, rotation=45, ha="right")
        axis.set_yticks(range(len(labels)), labels)
        axis.grid(visible=False)
        axis.set(title="Confusion matrix", xlabel="said", ylabel="true")


def plot_reliability(probabilities: FloatArray, truth: IntArray, path: Path, *, bins: int = 15) -> None:
    """Draw accuracy against confidence; ``probabilities`` (n, classes), ``truth`` (n,). Grey bars: share of images."""
    confidence, hit = probabilities.max(axis=1), probabilities.argmax(axis=1) == truth
    index = np.minimum((confidence * bins).astype(int), bins - 1)
    filled = np.unique(index)
    said = [float(confidence[index == number].mean()) for number in filled]
    right = [float(hit[index == number].mean()) for number in filled]
    error = calibration_error(probabilities, truth, bins=bins)
    with drawing(path, width_in=4.4, height_in=4.0) as (axis,):
        shares = np.bincount(index, minlength=bins) / len(truth)
        axis.bar((np.arange(bins) + 0.5) / bins, shares, width=0.9 / bins, color=LINE, label="share of images")
        axis.plot([0, 1], [0, 1], ":", color=INK_3, label="as confident as right")
        axis.plot(said, right, "o-", color=BLUE, label="measured")
        axis.set(
            title=f"Reliability, ECE {error:.3f}", xlabel="confidence", ylabel="share right", xlim=(0, 1), ylim=(0, 1)
        )
        axis.legend(loc="upper left")


def plot_roc(curves: Mapping[str, tuple[FloatArray, BoolArray]], path: Path) -> None:
    """Draw one curve a name, of ``(scores (n,), is_positive (n,))``; a higher score says positive."""
    with drawing(path, width_in=4.8, height_in=4.4) as (axis,):
        axis.plot([0, 1], [0, 1], ":", color=INK_3)
        for number, (name, (scores, is_positive)) in enumerate(curves.items()):
            false, true = roc(scores, is_positive)
            (line,) = axis.plot(false, true, label=f"{name}, area {np.trapezoid(true, false):.3f}")
            line.set(linestyle=DASHES[number % len(DASHES)], color=colour_of(name, number))
        axis.set(title="ROC", xlabel="false positive rate", ylabel="true positive rate", xlim=(0, 1), ylim=(0, 1.01))
        axis.legend(loc="lower right")


def plot_scatter(points: FloatArray, truth: IntArray, labels: Sequence[str], path: Path, *, title: str) -> None:
    """Draw ``points`` (n, 2), such as those of `tsne`, one colour and one marker a class."""
    with drawing(path, width_in=5.4, height_in=4.4) as (axis,):
        for number, label in enumerate(labels):
            mine = points[truth == number]
            colour, marker = colour_of(label, number), MARKERS[number % len(MARKERS)]
            axis.scatter(mine[:, 0], mine[:, 1], s=11, c=colour, marker=marker, alpha=0.7, linewidths=0, label=label)
        axis.set(title=title, xticks=[], yticks=[])
        axis.legend(loc="center left", bbox_to_anchor=(1, 0.5))


def write_plots(
    folder: Path,
    *,
    history: Path,
    matrix: IntArray,
    labels: Sequence[str],
    probabilities: FloatArray,
    truth: IntArray,
    features: FloatArray | None = None,
) -> list[Path]:
    """Write curves, confusion matrix, reliability, ROC and, of ``features`` (n, d), t-SNE into ``folder``.

    ``probabilities`` is (n, classes), ``truth`` (n,); ``history`` is the run's history.csv, left out where missing.
    """
    if history.is_file():
        plot_curves(read_history(history), folder / "curves.png")
    plot_confusion(matrix, labels, folder / "confusion.png")
    plot_reliability(probabilities, truth, folder / "reliability.png")
    plot_roc({label: (probabilities[:, k], truth == k) for k, label in enumerate(labels)}, folder / "roc.png")
    if features is not None:
        points, rows = tsne(features, seed=0)
        plot_scatter(points, truth[rows], labels, folder / "tsne.png", title="Features by t-SNE")
    return sorted(folder.glob("*.png"))
