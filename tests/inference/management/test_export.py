"""``manage.py export`` on a small set of made-up eyes: the card, the ranges and the figures that it writes."""

from __future__ import annotations

import json
import shutil
import tomllib
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from inference.vision import families
from inference.vision.bench import record
from inference.vision.quantise import load_ranges
from inference.vision.training import as_shipped, export
from inference.vision.training.protocols import TRAIN
from inference.vision.training.recipe import load_recipe
from inference.vision.training.sets import load_samples
from inference.vision.weights import card_path, file_sha256

EYES = 160
NAMES = ["torch", "fp32", "bf16", "int8"]


@pytest.fixture
def card(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the eye network's folder that the command may write into, before any export, and figures of its own."""
    folder = shutil.copytree(card_path("eye_state").parent, tmp_path / "eye_state")
    (folder / "ranges.json").unlink()
    card = folder / "card.toml"
    card.write_text(card.read_text(encoding="utf-8").partition("\n[engine]\n")[0], encoding="utf-8")
    for module in (families, export, as_shipped):
        monkeypatch.setattr(module, "card_path", lambda family: tmp_path / family / "card.toml")
    monkeypatch.setattr(record, "MEASURED_FILE", tmp_path / "measured.json")
    return card


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Noise with a dark bar across the middle for a closed eye, a dark disc for an open one."""
    random, is_open = np.random.default_rng(0), np.arange(EYES) % 2
    images = random.integers(120, 250, (EYES, 64, 64))
    down, across = np.mgrid[-32:32, -32:32]
    images[is_open == 0] = np.where(abs(down) < 4, 20, images[is_open == 0])
    images[is_open == 1] = np.where(down**2 + across**2 < 200, 20, images[is_open == 1])
    names = [f"eye-{number}" for number in range(EYES)]
    np.savez(tmp_path / "eye_state.npz", images=images.astype(np.uint8), is_open=is_open.astype(np.uint8), source=names)
    return tmp_path


@pytest.mark.weights
def test_card_ranges_and_figures_are_written_and_the_trials_printed(card: Path, data: Path) -> None:
    said = StringIO()
    call_command("export", "eye_state", "--data", str(data), "--runs", str(data), "--limit", "8", stdout=said)
    facts = tomllib.loads(card.read_text(encoding="utf-8"))
    assert facts["engine"]["precisions"] == NAMES
    assert facts["engine"]["faces"] == [8, 8]
    assert facts["engine"]["fp32_difference"] < 1e-3
    assert f"chosen: {facts['engine_precision']}" in said.getvalue()
    assert all(f"| {name} |" in said.getvalue() for name in NAMES)
    weights = file_sha256(card.with_name("eye_state.safetensors"))
    assert load_ranges(card.with_name("ranges.json"), weights_sha256=weights)
    learned = load_samples(data, data, load_recipe("eye_state", "default")).splits == TRAIN
    assert json.loads(card.with_name("ranges.json").read_text())["faces"] == learned.sum()
    figure = record.read_measured()["model.eye_state.eyes.accuracy_int8"]["subject"]
    assert (figure["value"], figure["n"]) == (facts["engine"]["test_accuracy"][NAMES.index("int8")], 8)
    assert figure["command"] == "manage.py export eye_state --data DIR --limit 8"


def test_missing_set_ends_with_a_sentence_and_an_unchanged_card(card: Path, tmp_path: Path) -> None:
    before = card.read_bytes()
    with pytest.raises(CommandError, match=r"eye_state\.npz"):
        call_command("export", "eye_state", "--data", str(tmp_path / "none"), "--runs", str(tmp_path))
    assert card.read_bytes() == before


def test_weights_that_are_not_the_cards_are_refused(card: Path, data: Path) -> None:
    weights = card.with_name("eye_state.safetensors")
    weights.write_bytes(weights.read_bytes()[:-1] + b"x")
    with pytest.raises(CommandError, match="was changed"):
        call_command("export", "eye_state", "--data", str(data), "--runs", str(data))


def test_unknown_family_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="invalid choice"):
        call_command("export", "vgg", "--data", str(tmp_path))
