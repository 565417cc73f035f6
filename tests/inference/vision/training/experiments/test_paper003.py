"""What paper 003's experiments do besides training: six out of seven, shaky windows, and what is kept."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from inference.vision.families.cnn_lstm.decode import WINDOW
from inference.vision.families.cnn_lstm.network import CnnLstm
from inference.vision.training.experiments import EXPERIMENTS, experiment
from inference.vision.training.experiments.paper003 import CHOICES, six_rows
from inference.vision.training.experiments.paper003_stills import restricted_report, trembling
from inference.vision.training.recipe import load_recipe
from inference.vision.training.samples import Samples

SIX = ("angry", "disgust", "fear", "happy", "sad", "surprise")


def samples(count: int = 12) -> Samples:
    truth = np.arange(count) % len(SIX)
    return Samples(
        images=np.random.default_rng(1).integers(0, 256, (count, 48, 48), np.uint8),
        labels=np.eye(len(SIX), dtype=np.float32)[truth],
        truth=truth,
        people=np.arange(count).astype(str),
        splits=np.full(count, "test"),
        sources=np.full(count, "fer"),
        names=SIX,
    )


def tiny() -> CnnLstm:
    torch.manual_seed(0)
    return CnnLstm(widths=(2, 2, 2, 2, 2), step_size=4, hidden_size=4)


@pytest.mark.parametrize("name", [name for name in EXPERIMENTS if name.startswith("paper003")])
def test_each_experiment_can_be_loaded(name: str) -> None:
    assert callable(experiment(name))


def test_both_streams_are_compared_with_each_alone() -> None:
    assert CHOICES == {"equalised": ("equalised",), "edges": ("edges",), "both": ("equalised", "edges")}


def test_a_restricted_network_never_calls_the_class_left_out() -> None:
    network = tiny().eval()
    with torch.no_grad():
        network.head.bias[6] = 100.0
    report = restricted_report(network, load_recipe("cnn_lstm", "default"), samples())
    assert report.matrix.shape == (6, 6)
    assert report.matrix.sum() == report.count == 12


def test_six_expressions_start_without_the_row_of_neutral(tmp_path: Path) -> None:
    network = tiny()
    torch.save(network.state_dict(), tmp_path / "seven.pt")
    state = torch.load(six_rows(tmp_path / "seven.pt", tmp_path / "new" / "six.pt"), weights_only=True)
    assert torch.equal(state["head.weight"], network.head.weight[:6])
    CnnLstm(num_classes=6, widths=(2, 2, 2, 2, 2), step_size=4, hidden_size=4).load_state_dict(state)


def test_a_window_of_one_face_trembles_a_little() -> None:
    face = np.tile(np.linspace(0, 255, 48).astype(np.uint8), (48, 1))
    window = trembling(face, (96, 96), np.random.default_rng(2))
    assert window.shape == (WINDOW, 96, 96)
    moved = np.abs(window[1:].astype(int) - window[0]).mean(axis=(1, 2))
    assert 0 < moved.min() <= moved.max() < 15
