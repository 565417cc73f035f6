"""Tiny untrained networks in the place of the shipped ones for valence and basic emotions."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from inference.vision.families import load_network
from inference.vision.families.drsn.network import Drsn
from inference.vision.stages import estimate
from inference.vision.weights import WeightCard, card_path, load_card

# Orders and sizes of their own, on purpose those of no other card.
LABELS = {
    "eca_resnet": ("positive", "negative", "neutral"),
    "ds_efficientnet": ("neutral", "surprise", "sad", "happy", "fear", "disgust", "angry"),
}
SIZES = {"eca_resnet": (48, 48), "ds_efficientnet": (64, 64)}


def tiny_network(name: str) -> tuple[torch.nn.Module, WeightCard]:
    """Return a network of four channels for the labels of ``name``; any other name loads what is shipped."""
    if name not in LABELS:
        return load_network(name)
    torch.manual_seed(len(name))
    network = Drsn(num_classes=len(LABELS[name]), widths=(4, 4, 4, 4))
    return network.float().eval(), tiny_card(name)


def tiny_card(name: str) -> WeightCard:
    card = load_card(card_path("drsn"))
    scale = SIZES[name][0] / card.input_size[0]
    template = tuple((x * scale, y * scale) for x, y in card.template)
    return WeightCard(
        name=name, family=name, path=Path("none"), sha256=name.ljust(64, "0"), labels=LABELS[name], mean=0.5,
        std=0.25, input_size=SIZES[name], template=template, licence="", paper="", engine_precision="f32",
    )  # fmt: skip


@pytest.fixture
def tiny_extras(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Put the tiny networks in place; return the list of names that were opened."""
    opened: list[str] = []

    def load(name: str) -> tuple[torch.nn.Module, WeightCard]:
        opened.append(name)
        return tiny_network(name)

    monkeypatch.setattr(estimate, "load_network", load)
    return opened
