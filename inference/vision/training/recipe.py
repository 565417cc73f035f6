"""A family's recipe file as a typed value."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from inference.vision.types import FloatArray
from inference.vision.weights import card_path


@dataclass(frozen=True, slots=True)
class Input:
    """What the network is shown: side in pixels, gray level's mean and deviation (0..1), five points of the crop."""

    size_px: int
    mean: float
    std: float
    margin_px: int = 0
    template: tuple[tuple[float, float], ...] = ()
    tta: bool = False

    @property
    def template_px(self) -> FloatArray:
        """The template as an array (5, 2)."""
        return np.array(self.template, np.float32)


@dataclass(frozen=True, slots=True)
class Profile:
    """How long and how fast a network learns; ``recipe.toml`` names only what differs from these defaults."""

    optimizer: str = "adamw"
    learning_rate: float = 1e-3
    max_rate: float = 0.0  # peak of schedule "onecycle"
    schedule: str = "cosine"
    weight_decay: float = 0.05
    batch: int = 64
    epochs: int = 10
    small_epochs: int = 0  # the first ones see pictures shrunk to small_px
    small_px: int = 0
    epoch_samples: int = 0  # pictures an epoch, drawn with replacement; 0: all of them once
    warmup_epochs: float = 1
    patience: int = 0  # epochs without progress before it stops; 0: never
    monitor: str = "macro_f1"  # what progress is, on the validation people: macro_f1, accuracy or loss
    sampling_power: float = 0.0  # pictures are drawn by class frequency ** -power
    class_weight_power: float = 0.0
    label_smoothing: float = 0.0
    mixup: float = 0.0  # alpha of the Beta distribution; 0: off
    ema_decay: float = 0.0
    seed: int = 20240


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that decides a training run besides the data's content."""

    family: str
    name: str  # of the profile
    data: str  # of the set, see sets/
    input: Input
    network: Mapping[str, Any]
    profile: Profile
    loss: Mapping[str, Any] = field(default_factory=dict)
    card: Mapping[str, Any] = field(default_factory=dict)
    kind: str = "classification"


def load_recipe(family: str, profile: str, *, epochs: int | None = None) -> Recipe:
    """Return profile ``profile`` of the recipe of ``family``, with another number of ``epochs`` where one is given.

    Raises:
        ValueError: there is no such profile, or it has a key that no profile has.
    """
    facts = tomllib.loads(card_path(family).with_name("recipe.toml").read_text(encoding="utf-8"))
    if profile not in facts["profile"]:
        raise ValueError(f"{family} has no profile {profile!r}; there are: {', '.join(sorted(facts['profile']))}.")
    chosen = dict(facts["profile"][profile]) | ({"epochs": epochs} if epochs else {})
    data = chosen.pop("data", facts["data"])
    parts = {name: facts.get(name, {}) | chosen.pop(name, {}) for name in ("input", "network", "loss", "card")}
    parts["input"] = Input(**parts["input"] | {"template": _points(parts["input"].get("template", ()))})
    try:
        own = Profile(**chosen)
    except TypeError as error:
        raise ValueError(f"profile {profile!r} of {family}'s recipe: {error}") from error
    kind = facts.get("kind", "classification")
    return Recipe(family=family, name=profile, data=data, profile=own, kind=kind, **parts)


def _points(rows: Any) -> tuple[tuple[float, float], ...]:
    return tuple((float(x), float(y)) for x, y in rows)
