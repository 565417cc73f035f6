"""The numbers of the concentration index: one frozen, versioned profile each (docs/models/concentration.md)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Literal

# D'Mello & Graesser: confusion can accompany learning, so it is not counted as low attention.
EMOTION_WEIGHTS = MappingProxyType(
    {"focused": 1.0, "curious": 0.9, "happy": 0.7, "confused": 0.6, "tired": 0.2, "distracted": 0.0}
)
# Sharma et al. 2019, arXiv 1909.12913: neutral .9, happy and surprised .6, sad .3, disgusted .2; confused is ours.
SHARMA_EMOTION_WEIGHTS = MappingProxyType(
    {"focused": 0.9, "curious": 0.6, "happy": 0.6, "confused": 0.6, "tired": 0.3, "distracted": 0.2}
)
# The same paper: of each direction for eyes that are open, half open and closed.
SHARMA_GAZE_WEIGHTS = MappingProxyType(
    {"centre": (5.0, 4.0, 0.0), "up": (4.0, 3.0, 0.0), "side": (4.0, 2.0, 0.0), "down": (3.0, 2.0, 0.0)}
)


@dataclass(frozen=True, slots=True)
class Profile:
    """All numbers of the index. A changed number is a new version.

    ``combination`` says how the signals become an index: their weighted ``mean``, or the ``product`` of the emotion's
    and the gaze's weight over ``product_full``. ``eyes_by`` says what the eyes' signal reads: the ``closed`` share of
    the last minute alone, or that and how far the ``lids`` are lowered now.
    """

    name: str
    version: int
    expression_weight: float
    head_weight: float
    eyes_weight: float
    irises_weight: float = 0.0
    emotion_weights: Mapping[str, float] = field(default_factory=lambda: EMOTION_WEIGHTS)
    combination: Literal["mean", "product"] = "mean"
    gaze_weights: Mapping[str, tuple[float, float, float]] = field(default_factory=lambda: SHARMA_GAZE_WEIGHTS)
    product_full: float = 4.5
    # Whether a face counts as seen where it gives no index: how the first two profiles were published.
    counts_unvalued: bool = False
    baseline_s: float = 120.0
    head_full_deg: float = 15.0
    head_zero_deg: float = 45.0
    head_turned_deg: float = 30.0
    # A head within this points ahead, whatever the index makes of it.
    head_ahead_deg: float = 15.0
    # Closed: EAR under 0.7 of the person's own median; under the fallback where there are too few samples for one.
    # The floor keeps eyes that were shut throughout from becoming their own baseline.
    ear_closed_ratio: float = 0.7
    ear_closed_floor: float = 0.12
    ear_closed_fallback: float = 0.20
    ear_least_samples: int = 10
    # Half open: half-way from closed to the person's own median.
    ear_half_open_ratio: float = 0.85
    eyes_by: Literal["closed", "lids"] = "closed"
    # Lids: the narrower eye's EAR, corrected for the head's turn, as a share of the person's own median.
    lids_zero: float = 0.5
    lids_full: float = 1.0
    # Irises: how far they are from where this person's mostly stand, in eye widths. A side counts half: along the eye
    # an iris has twice the way that it has across.
    irises_full: float = 0.02
    irises_zero: float = 0.12
    irises_side_share: float = 0.5
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
    # For display alone, no value rests on them: how probabilities are smoothed, by how much and for how long a class
    # must lead to become the state, and what counts as a gap.
    # Of both sides: as steady as an exponential mean of the past with 5 s, and not late.
    smoothing_tau_s: float = 2.5
    state_margin: float = 0.1
    state_dwell_s: float = 2.0
    state_gap_s: float = 5.0

    @property
    def formula_version(self) -> str:
        """Return what is stored with each run."""
        return f"{self.name}-{self.version}"

    @property
    def reads_expression(self) -> bool:
        """Say whether the index rests on the expression network."""
        return self.combination == "product" or self.expression_weight > 0


# Chosen on ten people of WACV 2016; docs/models/concentration.md tells how, and how they do on five others.
DEFAULT = Profile(
    "default", 2, expression_weight=0.3, head_weight=0.2, eyes_weight=0.2, irises_weight=0.3,
    head_full_deg=5.0, eyes_by="lids",
)  # fmt: skip
NO_EMOTION = Profile(
    "no-emotion", 2, expression_weight=0.0, head_weight=0.4, eyes_weight=0.2, irises_weight=0.4,
    head_full_deg=5.0, eyes_by="lids",
)  # fmt: skip
DEFAULT_1 = Profile("default", 1, expression_weight=0.5, head_weight=0.3, eyes_weight=0.2, counts_unvalued=True)
NO_EMOTION_1 = Profile("no-emotion", 1, expression_weight=0.0, head_weight=0.6, eyes_weight=0.4, counts_unvalued=True)
HEAD_ONLY = Profile("head-only", 1, expression_weight=0.0, head_weight=1.0, eyes_weight=0.0)
SHARMA = Profile(
    "sharma", 1, expression_weight=0.0, head_weight=0.0, eyes_weight=0.0,
    emotion_weights=SHARMA_EMOTION_WEIGHTS, combination="product",
)  # fmt: skip

PROFILES = MappingProxyType({profile.name: profile for profile in (DEFAULT, NO_EMOTION, SHARMA, HEAD_ONLY)})
VERSIONS = MappingProxyType(
    {profile.formula_version: profile for profile in (*PROFILES.values(), DEFAULT_1, NO_EMOTION_1)}
)
"""Every version that can be computed: a stored run keeps its own."""


def profile_of_version(formula_version: str) -> Profile | None:
    """Return the profile that is stored as ``formula_version``; None where no profile of now computes it."""
    return VERSIONS.get(formula_version)
