"""The cards of the families that ship, as the page of models shows them. Reads TOML alone: no network is opened."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inference.vision.bench.words import interval_words, value_words
from inference.vision.weights import VISION_DIR

FAMILIES_DIR = VISION_DIR / "families"
HEADLINES = {"macro_f1": "macro-F1", "accuracy": "accuracy"}
SHA_SHOWN = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class ShippedCard:
    """What a card says of the network that ships. ``megabytes`` is None where its file is not there.

    ``metric`` names the headline figure, a share in 0..1 with its 95 % interval; "" and None where the card has none.
    """

    family: str
    labels: tuple[str, ...]
    input_px: tuple[int, int]
    sha256: str
    megabytes: float | None
    licence: str
    data_terms: str
    labels_are: str
    limits: str
    refuse: str
    document: str
    paper: str
    metric: str = ""
    value: float | None = None
    low: float | None = None
    high: float | None = None
    n: int | None = None

    @property
    def sha_short(self) -> str:
        """Return as much of the checksum as tells weights apart."""
        return self.sha256[:SHA_SHOWN]

    @property
    def metric_name(self) -> str:
        """Return what the headline figure is called."""
        return HEADLINES.get(self.metric, "")

    @property
    def words(self) -> str:
        """Return the headline figure in per cent, "" where there is none."""
        return "" if self.value is None else value_words(self.value, "%")

    @property
    def interval(self) -> str:
        """Return its 95 % interval in per cent."""
        return interval_words(self.low, self.high, "%")


def shipped_cards(folder: Path = FAMILIES_DIR) -> tuple[ShippedCard, ...]:
    """Return the card of every family that ships weights, by name."""
    return tuple(_card_of(path) for path in sorted(folder.glob("*/card.toml")))


def _card_of(path: Path) -> ShippedCard:
    facts = tomllib.loads(path.read_text(encoding="utf-8"))
    weights = path.parent / str(facts["file"])
    height_px, width_px = facts["input_size"]
    return ShippedCard(
        family=facts["family"],
        labels=tuple(facts.get("labels", ())),
        input_px=(height_px, width_px),
        sha256=facts["sha256"],
        megabytes=weights.stat().st_size / 1e6 if weights.is_file() else None,
        licence=facts["licence"],
        data_terms=facts.get("data_terms", ""),
        labels_are=facts.get("labels_are", ""),
        limits=facts.get("limits", ""),
        refuse=facts.get("refuse", ""),
        document=facts.get("document", ""),
        paper=facts["paper"],
        **_headline(facts.get("test", {})),
    )


def _headline(test: Mapping[str, Any]) -> dict[str, Any]:
    """Return macro-F1 with its interval where the card has it, else accuracy, else nothing."""
    for metric in HEADLINES:
        if isinstance(found := test.get(metric), list):
            value, low, high = found
            return {"metric": metric, "value": value, "low": low, "high": high, "n": test.get("faces")}
    return {}
