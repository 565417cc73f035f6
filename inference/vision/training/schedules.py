"""The learning rate at each point of a run: pure functions of the profile and of the epochs done."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from inference.vision.training.recipe import Profile

FIRST_STEP = 0.02  # of an epoch: a warm-up from exactly zero would waste the first step
RISE = 0.3  # share of a one-cycle run that climbs; Smith and Topin 2019, and PyTorch's default
FINAL_DIVISOR = 1e4  # a one-cycle run ends at learning_rate / 1e4; PyTorch's default
STEP_SHARES, STEP_FACTOR = (0.5, 0.75), 0.1


def rate_at(profile: Profile, epochs_done: float) -> float:
    """Return the learning rate after ``epochs_done`` (0..profile.epochs, fractions allowed).

    ``cosine``, ``step`` and ``constant`` first climb linearly for ``warmup_epochs``; ``onecycle`` climbs by itself.

    Raises:
        ValueError: the profile names an unknown schedule, or a one-cycle run whose peak is not above its start.
    """
    if profile.schedule == "onecycle":
        return _onecycle(profile, epochs_done)
    if profile.schedule not in SHAPES:
        known = ", ".join(sorted([*SHAPES, "onecycle"]))
        raise ValueError(f"No schedule is called {profile.schedule!r}; write one of these into the profile: {known}.")
    if epochs_done < profile.warmup_epochs:
        return profile.learning_rate * min((epochs_done + FIRST_STEP) / profile.warmup_epochs, 1.0)
    done = (epochs_done - profile.warmup_epochs) / max(profile.epochs - profile.warmup_epochs, 1)
    return profile.learning_rate * SHAPES[profile.schedule](done)


def _onecycle(profile: Profile, epochs_done: float) -> float:
    """Climb linearly from learning_rate to max_rate, then fall linearly to almost nothing (paper 000, 2.2.2)."""
    start, peak = profile.learning_rate, profile.max_rate
    if peak <= start:
        raise ValueError(f"A onecycle run climbs: set max_rate above learning_rate ({start:g}); it is {peak:g}.")
    done = min(epochs_done / profile.epochs, 1.0)
    if done < RISE:
        return start + (peak - start) * done / RISE
    final = start / FINAL_DIVISOR
    return peak + (final - peak) * (done - RISE) / (1 - RISE)


def _cosine(done: float) -> float:
    return (1 + math.cos(math.pi * min(done, 1.0))) / 2


def _step(done: float) -> float:
    return STEP_FACTOR ** sum(done >= share for share in STEP_SHARES)


def _constant(done: float) -> float:
    return 1.0


SHAPES: Mapping[str, Callable[[float], float]] = {"cosine": _cosine, "step": _step, "constant": _constant}
"""Name -> factor on the learning rate for the share of the run done after the warm-up (0..1)."""
