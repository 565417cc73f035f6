"""Plots are PNG files of a sensible size that follow their data; curves have slow, obvious references."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from inference.vision.bench.tables import bench_tables
from inference.vision.training.bench_document import plot_bench, write_document
from inference.vision.training.plot_points import read_history, roc, tsne
from inference.vision.training.plots import plot_confusion, plot_reliability, plot_scatter, write_plots
from tests.inference.vision.bench.test_tables import figure

LABELS = ("focused", "distracted", "curious")
HISTORY = "epoch,train_loss,loss,macro_f1\n0,1.5,1.4,0.3\n1,1.1,1.2,0.5\n"
MEASURED = {"model.ds_efficientnet.ckplus_subject.accuracy": {"subject": figure(0.95, low=0.91, high=0.97, n=245)}}


def answers(seed: int = 0, count: int = 40) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    truth = random.integers(0, 3, count)
    logits = random.normal(size=(count, 3)) + 2 * np.eye(3)[truth]
    odds = np.exp(logits)
    return (odds / odds.sum(axis=1, keepdims=True)).astype(np.float32), truth


def size_of(path: Path) -> tuple[int, int]:
    assert path.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")
    image = cv2.imread(str(path))
    assert image is not None
    assert image.std() > 5, "an empty plot"
    return image.shape[1], image.shape[0]


def test_a_run_gets_all_its_plots(tmp_path: Path) -> None:
    (tmp_path / "history.csv").write_text(HISTORY)
    probabilities, truth = answers()
    written = write_plots(
        tmp_path / "plots",
        history=tmp_path / "history.csv",
        matrix=np.array([[9, 1, 0], [2, 8, 3], [0, 0, 17]]),
        labels=LABELS,
        probabilities=probabilities,
        truth=truth,
        features=probabilities,
    )
    assert [path.stem for path in written] == ["confusion", "curves", "reliability", "roc", "tsne"]
    for path in written:
        width_px, height_px = size_of(path)
        assert 400 <= width_px <= 1600
        assert 300 <= height_px <= 1000


def test_plots_do_without_history_and_features(tmp_path: Path) -> None:
    probabilities, truth = answers()
    written = write_plots(
        tmp_path, history=tmp_path / "none", matrix=np.eye(3, dtype=np.int64), labels=LABELS,
        probabilities=probabilities, truth=truth,
    )  # fmt: skip
    assert [path.stem for path in written] == ["confusion", "reliability", "roc"]


def test_same_data_gives_the_same_bytes_and_other_data_other_ones(tmp_path: Path) -> None:
    for name, counts in (("a", (5, 1)), ("b", (5, 1)), ("c", (1, 5))):
        plot_confusion(np.array([counts, (2, 7)]), ("open", "closed"), tmp_path / f"{name}.png")
    drawn = {name: (tmp_path / f"{name}.png").read_bytes() for name in "abc"}
    assert drawn["a"] == drawn["b"] != drawn["c"]


def test_class_that_was_never_true_is_drawn(tmp_path: Path) -> None:
    plot_confusion(np.array([[4, 0], [0, 0]]), ("open", "closed"), tmp_path / "m.png")
    plot_scatter(np.zeros((4, 2), np.float32), np.zeros(4, int), LABELS, tmp_path / "s.png", title="Features")
    assert size_of(tmp_path / "m.png")
    assert size_of(tmp_path / "s.png")


def test_certain_answers_fall_into_the_last_bin(tmp_path: Path) -> None:
    plot_reliability(np.eye(3, dtype=np.float32), np.arange(3), tmp_path / "r.png")
    assert size_of(tmp_path / "r.png")


@pytest.mark.parametrize("seed", range(5))
def test_roc_equals_counting_at_every_threshold(seed: int) -> None:
    random = np.random.default_rng(seed)
    scores, positive = random.integers(0, 8, 60).astype(np.float32), random.random(60) < 0.4
    false, true = roc(scores, positive)
    thresholds = sorted(set(scores.tolist()), reverse=True)
    assert true == pytest.approx([0, *((scores[positive] >= cut).mean() for cut in thresholds)])
    assert false == pytest.approx([0, *((scores[~positive] >= cut).mean() for cut in thresholds)])


def test_tsne_keeps_two_far_groups_apart_and_repeats() -> None:
    features = np.repeat(np.array([[0.0] * 4, [50.0] * 4]), 15, axis=0).astype(np.float32)
    features += np.random.default_rng(0).normal(size=features.shape).astype(np.float32)
    points, rows = tsne(features, seed=1)
    again, _ = tsne(features, seed=1)
    assert points == pytest.approx(again)
    groups = [points[rows < 15], points[rows >= 15]]
    spread = max(float(group.std(axis=0).max()) for group in groups)
    assert np.linalg.norm(groups[0].mean(axis=0) - groups[1].mean(axis=0)) > 2 * spread


def test_history_is_read_by_column(tmp_path: Path) -> None:
    (tmp_path / "history.csv").write_text(HISTORY)
    assert read_history(tmp_path / "history.csv")["macro_f1"] == pytest.approx([0.3, 0.5])


def test_table_without_measured_shares_has_no_plot(tmp_path: Path) -> None:
    assert [plot_bench(table, tmp_path / "t.png") for table in bench_tables({})] == [False] * len(bench_tables({}))
    assert not (tmp_path / "t.png").exists()


def test_document_has_the_plots_it_shows_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "bench").mkdir()
    (tmp_path / "bench" / "old.png").touch()
    page = write_document(bench_tables(MEASURED), tmp_path).read_text()
    drawn = sorted(path.name for path in (tmp_path / "bench").iterdir())
    assert drawn == ["ds-ablation.png", "ds-ckplus.png", "overview.png"]
    assert all(f"(bench/{name})" in page for name in drawn)
