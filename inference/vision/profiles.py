"""The numbers of the concentration index: one frozen, versioned profile each (docs/models/concentration.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

# D'Mello & Graesser: confusion can accompany learning, so it is not counted as low attention.
EMOTION_WEIGHTS = MappingProxyType(
    {"focused": 1.0, "curious": 0.9, "happy": 0.7, "confused": 0.6, "tired": 0.2, "distracted": 0.0}
)


@dataclass(frozen=True, slots=True)
class Profile:
    """All numbers of the index. A changed number is a new version."""

    name: str
    version: int
    expression_weight: float
    head_weight: float
    eyes_weight: float
    emotion_weights: Mapping[str, float] = field(default_factory=lambda: EMOTION_WEIGHTS)
    baseline_s: float = 120.0
    head_full_deg: float = 15.0
    head_zero_deg: float = 45.0
    head_turned_deg: float = 30.0
    # Closed: EAR under 0.7 of the person's own median; under the fallback where there are too few samples for one.
    # The floor keeps eyes that were shut throughout from becoming their own baseline.
    ear_closed_ratio: float = 0.7
    ear_closed_floor: float = 0.12
    ear_closed_fallback: float = 0.20
    ear_least_samples: int = 10
    perclos_window_s: float = 60.0
    perclos_zero: float = 0.40
    perclos_least_s: float = 10.0
    # The quality from which the expression network is asked at all.
    least_quality: float = 0.1
    # A value stands on at least ten seconds, and on 40 % of its span or five minutes of it.
    least_observed_s: float = 10.0
    least_coverage: float = 0.4
    ample_observed_s: float = 300.0
    # Neighbouring frames look alike, so the interval resamples blocks of time, not frames.
    block_s: float = 10.0
    resamples: int = 1000

    @property
    def formula_version(self) -> str:
        """Return what is stored with each run."""
        return f"{self.name}-{self.version}"


PROFILES = MappingProxyType(
    {
        "default": Profile("default", 1, expression_weight=0.5, head_weight=0.3, eyes_weight=0.2),
        "no-emotion": Profile("no-emotion", 1, expression_weight=0.0, head_weight=0.6, eyes_weight=0.4),
    }
)
