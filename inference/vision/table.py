"""Observations as columns: what all signals and scores are computed from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from inference.vision.concentration import Indices, Values


@dataclass(frozen=True, slots=True)
class EyeTable:
    """The faster sampling of eyes: ``track`` and ``time_s`` (m,), ``closed`` (m, 2) probabilities of left and right."""

    track: Indices = field(default_factory=lambda: np.empty(0, np.int64))
    time_s: Values = field(default_factory=lambda: np.empty(0))
    closed: Values = field(default_factory=lambda: np.empty((0, 2)))


@dataclass(frozen=True, slots=True)
class ObservationTable:
    """Columns of observations, each (n,); ``probabilities`` (n, k) in the order of ``labels``. NaN: not measured.

    ``extras`` are probabilities of the estimates beside the learning emotions, each (n, k) in its card's order;
    ``others`` are columns that the index does not read, by name.
    """

    labels: tuple[str, ...]
    track: Indices
    time_s: Values
    quality: Values
    probabilities: Values
    yaw_deg: Values
    pitch_deg: Values
    eye_openness: Values
    extras: Mapping[str, Values] = field(default_factory=dict)
    others: Mapping[str, Values] = field(default_factory=dict)
    eyes: EyeTable = field(default_factory=EyeTable)

    def column(self, name: str) -> Values:
        """Return one of ``others`` (n,); NaN where it was never measured."""
        return self.others.get(name, np.full(len(self.track), np.nan))
