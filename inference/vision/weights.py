"""Weight cards and weight files: what a network expects, and proof that the file on disk is the one described."""

from __future__ import annotations

import hashlib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

VISION_DIR = Path(__file__).resolve().parent
CHECKOUT_DIR = VISION_DIR.parents[1]


class WeightsError(RuntimeError):
    """A card or a weight file is missing, malformed or not the one that the card describes."""


@dataclass(frozen=True, slots=True)
class WeightCard:
    """The facts of one checkpoint, read from its ``card.toml``.

    ``mean`` and ``std`` apply to gray levels in 0..1. ``input_size`` is (height, width) in pixels. ``template``
    holds the eyes, nose tip and mouth corners, left to right as seen, in pixels of the aligned crop.
    ``engine_precision`` is the precision that the CPU engine may run at; ``temperature`` divides the logits.
    """

    name: str
    family: str
    path: Path
    sha256: str
    labels: tuple[str, ...]
    mean: float
    std: float
    input_size: tuple[int, int]
    template: tuple[tuple[float, float], ...]
    licence: str
    paper: str
    engine_precision: str
    temperature: float = 1.0
    network: Mapping[str, Any] = field(default_factory=dict)
    test: Mapping[str, Any] = field(default_factory=dict)


def card_path(name: str) -> Path:
    """Return where the card of family ``name`` stands."""
    return VISION_DIR / "families" / name / "card.toml"


def load_card(path: Path) -> WeightCard:
    """Read the card at ``path``; the weight file is looked for beside it.

    Raises:
        WeightsError: the card is missing, is no TOML or lacks a field.
    """
    try:
        return _card_from(tomllib.loads(path.read_text(encoding="utf-8")), path.parent)
    except FileNotFoundError as error:
        raise WeightsError(f"No weight card at {path}: the checkout is incomplete.") from error
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise WeightsError(f"The weight card {path} cannot be read: {error!r}") from error


def verify(card: WeightCard) -> WeightCard:
    """Return ``card`` when its weight file has the card's sha256.

    Raises:
        WeightsError: the file is missing or differs.
    """
    if not card.path.is_file():
        raise WeightsError(f"The weights of {card.name} are missing at {card.path}: run git checkout for that file.")
    digest = file_sha256(card.path)
    if digest != card.sha256:
        raise WeightsError(f"{card.path} was changed: sha256 {digest}, but its card says {card.sha256}. Refused.")
    return card


def asset_path(name: str) -> Path:
    """Return the fetched third-party file ``name``, such as ``weights/centerface.onnx``.

    Raises:
        WeightsError: the file was not fetched.
    """
    path = Path(os.environ.get("LECTERN_ASSETS") or CHECKOUT_DIR / ".vendor") / name
    if not path.is_file():
        raise WeightsError(f"The third-party file {name} is not at {path}: run make setup, which fetches it.")
    return path


def file_sha256(path: Path) -> str:
    """Return the hexadecimal sha256 of a file."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _card_from(facts: Mapping[str, Any], folder: Path) -> WeightCard:
    height_px, width_px = (int(side) for side in facts["input_size"])
    return WeightCard(
        name=str(facts["name"]),
        family=str(facts["family"]),
        path=folder / str(facts["file"]),
        sha256=str(facts["sha256"]),
        labels=tuple(str(label) for label in facts["labels"]),
        mean=float(facts["mean"]),
        std=float(facts["std"]),
        input_size=(height_px, width_px),
        template=tuple((float(x), float(y)) for x, y in facts["template"]),
        licence=str(facts["licence"]),
        paper=str(facts["paper"]),
        engine_precision=str(facts["engine_precision"]),
        temperature=float(facts.get("temperature", 1.0)),
        network=dict(facts.get("network", {})),
        test=dict(facts.get("test", {})),
    )
