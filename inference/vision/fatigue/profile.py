"""The numbers of fatigue: one frozen, versioned profile each (docs/models/fatigue.md)."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal


@dataclass(frozen=True, slots=True)
class FatigueProfile:
    """All numbers of fatigue. A changed number is a new version.

    ``method`` says how the level comes about: from the signs in a ``window``, or by the ``counter`` of all blinks.
    """

    name: str
    version: int
    method: Literal["window", "counter"] = "window"
    # A person's own open eye: the median of the first minute in which it was seen well and not shut.
    baseline_s: float = 60.0
    baseline_least_samples: int = 10
    least_quality: float = 0.1
    # The longer side of the face's box from which eyes and mouth are read, and from which blinks are counted.
    least_face_px: float = 50.0
    blink_least_face_px: float = 64.0
    # Closed: EAR under 0.7 of the own opening; the fallback and the floor are those of the concentration index.
    closed_ratio: float = 0.7
    closed_floor: float = 0.12
    closed_fallback: float = 0.20
    # An EAR that moves less than this is a reflection on a glass, not an eye.
    least_spread: float = 0.004
    # Closed in the fast sampling: from this share of the way from the own rest to the peak of the first own blinks.
    blinks_to_learn: int = 5
    closed_share_of_blink: float = 0.6
    # A blink rises so far (log odds) over the median of the seconds around it, and so far over their noise.
    blink_rise: float = 1.5
    blink_noise_ratio: float = 4.0
    blink_around_s: float = 2.0
    # It lasts while it is over this share of its top: lids half down move log odds by about a third.
    blink_height: float = 0.3
    # What rises less than this share of the person's usual blink is a narrowed eye.
    blink_least_share: float = 0.3
    blink_shortest_s: float = 0.08
    blink_longest_s: float = 0.4
    blink_least_fps: float = 12.0
    long_closure_s: float = 0.5
    long_least_fps: float = 4.0
    # The inner lips' height over their width.
    yawn_openness: float = 0.4
    yawn_rise: float = 0.3
    yawn_shortest_s: float = 2.0
    yawn_least_samples: int = 3
    yawn_slowest_step_s: float = 1.5
    # PERCLOS and rates are of this window, yawns of a longer one; none rests on less than ``least_measured_s``.
    window_s: float = 60.0
    yawn_window_s: float = 300.0
    least_measured_s: float = 10.0
    # Where each sign begins and where it is full. PERCLOS .08 is called caution and .15, half-way, drowsy.
    perclos_none: float = 0.08
    perclos_full: float = 0.22
    long_full_s: float = 4.0
    # Closings are counted against the person's own first minute, which is held within what is usual.
    closings_least: float = 8.0
    closings_most: float = 25.0
    closings_full_ratio: float = 2.5
    yawns_full: float = 3.0
    perclos_weight: float = 0.4
    long_weight: float = 0.2
    yawns_weight: float = 0.25
    closings_weight: float = 0.15
    expression_weight: float = 0.1
    # The class has hysteresis: it begins at the one level and ends below the other.
    tired_from: float = 0.4
    tired_until: float = 0.3
    # Paper 001 names no threshold; so many blinks are about three minutes of usual ones.
    counter_blinks: int = 50

    @property
    def formula_version(self) -> str:
        """Return what is stored with each run."""
        return f"{self.name}-{self.version}"


WINDOW = FatigueProfile("fatigue", 1)
PAPER001 = FatigueProfile("paper001", 1, method="counter")

FATIGUE_PROFILES = MappingProxyType({profile.name: profile for profile in (WINDOW, PAPER001)})
