"""The cards of what ships, for the page of models."""

from __future__ import annotations

from pathlib import Path

import pytest

from inference.vision.bench.cards import shipped_cards

CARD = """
name = "tiny"
family = "tiny"
file = "tiny.safetensors"
sha256 = "0123456789abcdef"
labels = ["open", "closed"]
input_size = [32, 48]
licence = "data for research use"
paper = "none"
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "tiny").mkdir()
    (tmp_path / "tiny" / "card.toml").write_text(CARD)
    return tmp_path


def test_drsn_ships_with_its_interval() -> None:
    card = next(card for card in shipped_cards() if card.family == "drsn")
    assert card.metric == "macro_f1"
    assert card.low is not None
    assert card.high is not None
    assert card.value is not None
    assert card.low <= card.value <= card.high
    assert card.megabytes is not None
    assert 0 < card.megabytes <= 25
    assert "grades" in card.refuse


def test_card_without_figures_and_weights_is_still_shown(folder: Path) -> None:
    (card,) = shipped_cards(folder)
    assert (card.metric, card.value, card.megabytes, card.sha_short) == ("", None, None, "0123456")
    assert card.input_px == (32, 48)


def test_accuracy_is_the_headline_where_there_is_no_macro_f1(folder: Path) -> None:
    (folder / "tiny" / "card.toml").write_text(f"{CARD}\n[test]\nfaces = 300\naccuracy = [0.97, 0.95, 0.98]\n")
    (card,) = shipped_cards(folder)
    assert (card.metric, card.value, card.low, card.high, card.n) == ("accuracy", 0.97, 0.95, 0.98, 300)


def test_every_card_that_ships_tells_terms_limits_and_uses_to_refuse() -> None:
    for card in shipped_cards():
        told = (card.licence, card.data_terms, card.labels_are, card.limits, card.refuse, card.document)
        assert all(told), card.family
