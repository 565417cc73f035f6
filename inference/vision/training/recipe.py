"""A family's recipe file as a typed value."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from inference.vision.types import FloatArray
from inference.vision.weights import card_path


@dataclass(frozen=True, slots=True)
class Recipe:
    """All that decides a training run besides the data; the fields are explained in ``recipe.toml``."""

    family: str
    profile: str
    size_px: int
    mean: float
    std: float
    template: tuple[tuple[float, float], ...]
    network: Mapping[str, Any]
    optimizer: str
    learning_rate: float
    weight_decay: float
    batch: int
    epochs: int
    small_epochs: int
    small_px: int
    epoch_samples: int
    warmup_epochs: int
    patience: int
    sampling_power: float
    class_weight_power: float
    label_smoothing: float
    centre_lambda: float
    ema_decay: float
    seed: int

    @property
    def template_px(self) -> FloatArray:
        """The template as an array (5, 2)."""
        return np.array(self.template, np.float32)


def load_recipe(family: str, profile: str, *, epochs: int | None = None) -> Recipe:
    """Return profile ``profile`` of the recipe of ``family``, with another number of ``epochs`` where one is given.

    Raises:
        ValueError: there is no such profile.
    """
    facts = tomllib.loads(card_path(family).with_name("recipe.toml").read_text(encoding="utf-8"))
    if profile not in facts["profile"]:
        raise ValueError(f"{family} has no profile {profile!r}; there are: {', '.join(sorted(facts['profile']))}.")
    template = tuple((float(x), float(y)) for x, y in facts["input"].pop("template"))
    chosen = facts["profile"][profile] | ({"epochs": epochs} if epochs else {})
    return Recipe(
        family=family, profile=profile, template=template, network=facts["network"], **facts["input"], **chosen
    )
