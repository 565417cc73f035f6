from __future__ import annotations

from pathlib import Path

import pytest

from inference.vision import weights
from inference.vision.weights import WeightsError, asset_path, card_path, file_sha256, load_card, verify

CARD = """
name = "tiny"
family = "drsn"
file = "tiny.safetensors"
sha256 = "{sha256}"
labels = ["b", "a"]
mean = 0.5
std = 0.25
input_size = [40, 48]
template = [[1, 2], [3, 2], [2, 3], [1, 4], [3, 4]]
licence = "Apache-2.0"
paper = "none"
engine_precision = "fp32"
"""


def write_card(folder: Path, content: bytes = b"weights") -> Path:
    (folder / "tiny.safetensors").write_bytes(content)
    path = folder / "card.toml"
    path.write_text(CARD.format(sha256=file_sha256(folder / "tiny.safetensors")))
    return path


def test_card_keeps_the_order_of_its_labels(tmp_path: Path) -> None:
    assert load_card(write_card(tmp_path)).labels == ("b", "a")


def test_card_knows_size_as_height_then_width_and_its_file(tmp_path: Path) -> None:
    card = load_card(write_card(tmp_path))
    assert (card.input_size, card.path, card.temperature) == ((40, 48), tmp_path / "tiny.safetensors", 1.0)


def test_untouched_file_is_accepted(tmp_path: Path) -> None:
    card = load_card(write_card(tmp_path))
    assert verify(card) is card


def test_tampered_file_is_refused(tmp_path: Path) -> None:
    card = load_card(write_card(tmp_path))
    card.path.write_bytes(b"other")
    with pytest.raises(WeightsError, match="was changed"):
        verify(card)


def test_missing_file_is_named(tmp_path: Path) -> None:
    card = load_card(write_card(tmp_path))
    card.path.unlink()
    with pytest.raises(WeightsError, match="missing"):
        verify(card)


@pytest.mark.parametrize("damage", ["labels", "sha256", "template"])
def test_card_without_a_field_is_refused(tmp_path: Path, damage: str) -> None:
    path = write_card(tmp_path)
    path.write_text("\n".join(line for line in path.read_text().splitlines() if not line.startswith(damage)))
    with pytest.raises(WeightsError, match=damage):
        load_card(path)


def test_card_that_is_not_toml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "card.toml").write_text("= nonsense")
    with pytest.raises(WeightsError, match="cannot be read"):
        load_card(tmp_path / "card.toml")


def test_missing_card_is_named(tmp_path: Path) -> None:
    with pytest.raises(WeightsError, match="No weight card"):
        load_card(tmp_path / "card.toml")


def test_missing_asset_says_run_make_setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LECTERN_ASSETS", str(tmp_path))
    with pytest.raises(WeightsError, match="make setup"):
        asset_path("weights/centerface.onnx")


def test_asset_is_found_in_the_named_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LECTERN_ASSETS", str(tmp_path))
    (tmp_path / "a.onnx").write_bytes(b"x")
    assert asset_path("a.onnx") == tmp_path / "a.onnx"


def test_cards_stand_in_their_family_folder() -> None:
    assert card_path("drsn") == weights.VISION_DIR / "families" / "drsn" / "card.toml"
