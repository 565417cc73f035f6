"""What the cards say of the shipped networks is in the bench as well."""

from __future__ import annotations

from pathlib import Path

import pytest

from inference.vision.bench.record import read_measured
from inference.vision.bench.shipped import record_shipped
from tests.inference.vision.bench.test_cards import CARD


def recorded(tmp_path: Path, more: str) -> dict[str, dict[str, dict[str, object]]]:
    (tmp_path / "families" / "tiny").mkdir(parents=True)
    (tmp_path / "families" / "tiny" / "card.toml").write_text(CARD + more)
    record_shipped(tmp_path / "families", path=tmp_path / "m.json")
    return dict(read_measured(tmp_path / "m.json"))  # type: ignore[arg-type]


def test_figures_of_a_card_are_recorded_with_interval_and_command(tmp_path: Path) -> None:
    test = '\n[training]\nprofile = "six"\ndata = "eyes"\n[test]\nfaces = 300\naccuracy = [0.97, 0.95, 0.98]\n'
    figure = recorded(tmp_path, test)["model.tiny.eyes.accuracy"]["subject"]
    assert (figure["value"], figure["low"], figure["high"], figure["n"]) == (0.97, 0.95, 0.98, 300)
    assert figure["command"] == "python manage.py evaluate tiny --data ../shared/data --profile six"


def test_test_set_of_the_paper_itself_counts_for_both_protocols(tmp_path: Path) -> None:
    test = '\n[training]\ndata = "lfw"\n[test]\npairs = 6000\naccuracy = [0.99, 0.97, 1.01]\n'
    figures = recorded(tmp_path, test)["model.tiny.lfw_view2.accuracy"]
    assert figures["paper"] == figures["subject"]
    assert figures["paper"]["high"] == pytest.approx(1.0)


def test_card_without_figures_records_none(tmp_path: Path) -> None:
    assert recorded(tmp_path, "") == {}


def test_figures_of_other_labels_on_the_same_test_have_its_key(tmp_path: Path) -> None:
    test = '\n[training]\ndata = "fer2013-own"\n[test]\nfaces = 300\naccuracy = [0.6, 0.5, 0.7]\n'
    assert set(recorded(tmp_path, test)["model.tiny.fer2013.accuracy"]) == {"paper", "subject"}
