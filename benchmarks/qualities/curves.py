"""Figures of the gate: pure functions of what was read on clear faces and on the same faces made worse."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt

from benchmarks.poses.figures import Figures
from benchmarks.qualities.reading import Reading
from inference.vision.types import REJECTIONS

Flags = npt.NDArray[np.bool_]
REASONS = tuple(reason for reason in REJECTIONS if reason)


def chance(clear: Reading) -> float:
    """Return how often two faces drawn from the clear ones have the same pattern."""
    shares = np.bincount(clear.pattern, minlength=clear.probabilities.shape[1]) / len(clear.pattern)
    return float((shares**2).sum())


def kept(agreement: float, by_chance: float) -> float:
    """Return the share of the agreement beyond chance that is left: 1 as on the clear face, 0 as by chance."""
    return (agreement - by_chance) / (1 - by_chance)


def comparison(clear: Reading, worse: Reading) -> Figures:
    """Return how often the pattern stays, what is kept beyond chance, and the share rejected for each reason."""
    agreement = float((worse.pattern == clear.pattern).mean())
    figures: Figures = {
        "agreement": (round(agreement, 3), "share"),
        "kept": (round(kept(agreement, chance(clear)), 3), "share"),
        "mesh_unsure": (round(float((worse.presence < 0.5).mean()), 3), "share"),
    }
    found = {reason: float((worse.rejections == reason).mean()) for reason in REASONS}
    return figures | {f"rejected_{reason}": (round(share, 3), "share") for reason, share in found.items() if share > 0}


def by_sharpness(clear: Reading, worse: Reading, edges: tuple[float, ...]) -> Figures:
    """Return how often the pattern stays on faces of each range of sharpness."""
    stays = worse.pattern == np.resize(clear.pattern, len(worse.pattern))
    figures: Figures = {}
    for low, high in pairwise(edges):
        chosen = (worse.sharpness >= low) & (worse.sharpness < high)
        if chosen.sum() >= 30:
            figures[f"sharpness_{low:g}_{high:g}.agreement"] = (round(float(stays[chosen].mean()), 3), "share")
    return figures


def balanced_accuracy(found: Flags, wanted: Flags) -> float:
    """Return the mean of the shares of yes and of no (n,) that were found right."""
    return float((found[wanted].mean() + (~found[~wanted]).mean()) / 2)
