"""The choice of a precision, and what is written down of it."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from inference.vision.families.eye_state.network import EyeState
from inference.vision.families.facenet.network import FaceNet
from inference.vision.quantise import Range
from inference.vision.training import trials as trials_module
from inference.vision.training.export import as_text, write_engine
from inference.vision.training.precisions import imitated, in_torch, speeds
from inference.vision.training.protocols import TEST, TRAIN, VALIDATION
from inference.vision.training.recipe import load_recipe
from inference.vision.training.samples import Samples
from inference.vision.training.trials import Trial, Trials, try_all
from tests.inference.vision.training.test_embedding import RECIPE as FACES
from tests.inference.vision.training.test_embedding import samples as embedded

CARD = """name = "small"
engine_precision = "bf16"

[training]
profile = "paper"

[[test.classes]]
label = "a"
"""


def trials(*, int8: float = 0.9, bf16: float = 0.9, ranges: int = 1) -> Trials:
    accuracies = {"torch": 0.9, "fp32": 0.9, "bf16": bf16, "int8": int8}
    of = {name: Trial(value, 0.8, likeness=1.0, per_s=100.0) for name, value in accuracies.items()}
    return Trials((Range("MatMul 64x64", 0.0, 1.0),) * ranges, of, 1e-6, (200, 300))


@pytest.fixture(scope="module")
def samples() -> Samples:
    """Bright and dark halves, which even an untrained network tells apart or not: what counts is that all agree."""
    random = np.random.default_rng(0)
    images, truth = random.integers(0, 256, (60, 32, 32)).astype(np.uint8), np.arange(60) % 2
    splits = np.repeat([TRAIN, VALIDATION, TEST], 20)
    names = np.array([str(number) for number in range(60)])
    return Samples(images, np.eye(2, dtype=np.float32)[truth], truth, names, splits, np.full(60, "x"), ("a", "b"))


def test_all_precisions_are_tried_and_float32_is_that_of_torch(samples: Samples) -> None:
    torch.manual_seed(0)
    found = try_all(EyeState(widths=(4, 8, 64)).eval(), load_recipe("eye_state", "default"), samples)
    assert list(found.of) == ["torch", "fp32", "bf16", "int8"]
    assert [item.layer for item in found.ranges] == ["Convolution 64x8x3x3", "Convolution 64x64x3x3"]
    assert found.of["fp32"].test == found.of["torch"].test
    assert found.difference < 1e-3
    assert found.faces == (20, 20)
    assert min(trial.likeness for trial in found.of.values()) > 0.8


def test_at_most_so_many_faces_are_tested(samples: Samples) -> None:
    found = try_all(EyeState(widths=(4, 4)).eval(), load_recipe("eye_state", "default"), samples, limit=7)
    assert found.faces == (7, 7)
    assert found.chosen == "bf16", "nothing was worth quantising"


@pytest.mark.slow
def test_an_embedding_is_tried_on_pairs_and_its_likeness_is_a_cosine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(trials_module, "PAIRED", 8)
    torch.manual_seed(0)
    faces = embedded()
    tested = replace(faces, splits=np.where(np.arange(48) < 12, TEST, faces.splits))
    found = try_all(FaceNet(width=0.125, dimensions=8).eval(), FACES, tested)
    assert found.faces == (8, 8)
    assert found.of["fp32"].likeness == pytest.approx(1, abs=1e-4)
    assert all(0.5 <= trial.validation <= 1 for trial in found.of.values())


@pytest.mark.parametrize(
    ("int8", "bf16", "chosen"), [(0.8951, 0.9, "int8"), (0.8949, 0.9, "bf16"), (0.8949, 0.8949, "fp32")]
)
def test_the_fastest_precision_that_loses_at_most_half_a_point_is_chosen(int8: float, bf16: float, chosen: str) -> None:
    assert trials(int8=int8, bf16=bf16).chosen == chosen


def test_a_network_without_quantised_layers_is_never_called_int8() -> None:
    assert trials(ranges=0).chosen == "bf16"


def test_the_card_says_the_choice_and_what_was_measured_once(tmp_path: Path) -> None:
    card = tmp_path / "card.toml"
    card.write_text(CARD)
    write_engine(card, trials())
    write_engine(card, trials(int8=0.5))
    facts = tomllib.loads(card.read_text())
    assert facts["engine_precision"] == "bf16"
    assert facts["engine"]["validation_accuracy"] == [0.9, 0.9, 0.9, 0.5]
    assert facts["test"]["classes"] == [{"label": "a"}]


def test_the_table_names_every_precision_and_the_choice() -> None:
    text = as_text(trials())
    assert "| int8 | 90.00% | 80.00% | 100.00% | 1.00 x |" in text
    assert text.endswith("chosen: int8")


def test_imitated_bfloat16_keeps_eight_bits_of_weights_and_inputs() -> None:
    layer = torch.nn.Linear(1, 1, bias=False)
    torch.nn.init.constant_(layer.weight, 1 + 2**-9)
    found = imitated(layer)(np.array([[1 + 2**-7], [1 + 2**-9]], np.float32))[0]
    assert found.ravel().tolist() == [1 + 2**-7, 1.0]
    assert layer.weight.item() == 1 + 2**-9, "the network itself is left alone"


def test_speeds_are_inputs_a_second() -> None:
    layer = in_torch(torch.nn.Linear(2, 2))
    found = speeds({"a": layer, "b": layer}, np.ones((8, 2), np.float32), rounds=3)
    assert set(found) == {"a", "b"}
    assert min(found.values()) > 0
