"""Figures of head pose: pure functions of angles that were found, angles that were wanted, and residuals."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from scipy.stats import spearmanr

from benchmarks.poses.surface import Reals
from inference.vision.stages.headpose import pose_confidence

Figures: TypeAlias = dict[str, tuple[float, str]]

ANGLES = ("yaw", "pitch", "roll")
EDGES_DEG: Mapping[str, tuple[int, ...]] = {"yaw": (0, 15, 30, 45, 60), "pitch": (0, 15, 30, 40), "roll": (0, 15, 30)}
QUARTERS = (0, 0.25, 0.5, 0.75, 1)
RIGHT_DEG = 6.0


def errors_deg(found_deg: Reals, wanted_deg: Reals) -> Reals:
    """Return (n, 3) found less wanted in -180..180, NaN where nothing was found."""
    return np.asarray((found_deg - wanted_deg + 180) % 360 - 180, np.float64)


def accuracy(found_deg: Reals, wanted_deg: Reals) -> Figures:
    """Return the mean absolute error over all angles, of each, and the slope of found over wanted of each."""
    seen = np.isfinite(found_deg).all(axis=1)
    absolute = np.abs(errors_deg(found_deg, wanted_deg)[seen])
    figures: Figures = {"mae_deg": (round(float(absolute.mean()), 2), "deg")}
    for column, name in enumerate(ANGLES):
        slope = np.polyfit(wanted_deg[seen, column], found_deg[seen, column], 1)[0]
        figures[f"mae_{name}_deg"] = (round(float(absolute[:, column].mean()), 2), "deg")
        figures[f"slope_{name}"] = (round(float(slope), 3), "")
    return figures


def by_range(found_deg: Reals, wanted_deg: Reals) -> Figures:
    """Return the mean absolute error of each angle by how large that angle is."""
    absolute = np.abs(errors_deg(found_deg, wanted_deg))
    figures: Figures = {}
    for column, name in enumerate(ANGLES):
        for low, high in pairwise(EDGES_DEG[name]):
            size = np.abs(wanted_deg[:, column])
            value = np.nanmean(absolute[(size >= low) & (size < high), column])
            figures[f"mae_{name}_{low}_{high}_deg"] = (round(float(value), 2), "deg")
    return figures


def residual_meaning(found_deg: Reals, wanted_deg: Reals, residual_px: Reals, face_px: Reals) -> Figures:
    """Say how the residual (share of the face's side) goes with the mean error: rank correlation, error by quarter."""
    error, share = np.abs(errors_deg(found_deg, wanted_deg)).mean(axis=1), residual_px / face_px
    error, share = error[np.isfinite(error)], share[np.isfinite(error)]
    bounds = np.quantile(share, QUARTERS)
    figures: Figures = {"residual_rank_correlation": (round(float(spearmanr(share, error).statistic), 3), "")}
    for number, (low, high) in enumerate(pairwise(bounds), start=1):
        value = error[(share >= low) & (share <= high)].mean()
        figures[f"mae_residual_quarter_{number}_deg"] = (round(float(value), 2), "deg")
    return figures


def confidence_meaning(found_deg: Reals, wanted_deg: Reals, residual_px: Reals, face_px: Reals) -> Figures:
    """Return the share of poses right to 6 degrees at high, middle and low confidence, and what was promised there."""
    error = np.abs(errors_deg(found_deg, wanted_deg)).mean(axis=1)
    seen = np.isfinite(error)
    sure = np.array([pose_confidence(*pair) for pair in zip(residual_px[seen], face_px[seen], strict=True)])
    is_right = error[seen] <= RIGHT_DEG
    figures: Figures = {}
    for name, low, high in (("low", 0, 0.7), ("middle", 0.7, 0.9), ("high", 0.9, 1.01)):
        chosen = (sure >= low) & (sure < high)
        figures[f"confidence_{name}_promised"] = (round(float(sure[chosen].mean()), 3), "share")
        figures[f"confidence_{name}_right"] = (round(float(is_right[chosen].mean()), 3), "share")
    return figures


def agreement(ours_deg: Reals, theirs_deg: Reals) -> Figures:
    """Return the mean absolute difference over all angles and of each, where both found a pose."""
    both = np.isfinite(ours_deg).all(axis=1) & np.isfinite(theirs_deg).all(axis=1)
    difference = np.abs(errors_deg(ours_deg, theirs_deg)[both]).mean(axis=0)
    figures: Figures = {"difference_deg": (round(float(difference.mean()), 2), "deg")}
    for column, name in enumerate(ANGLES):
        figures[f"difference_{name}_deg"] = (round(float(difference[column]), 2), "deg")
        relation = np.corrcoef(ours_deg[both, column], theirs_deg[both, column])[0, 1]
        figures[f"correlation_{name}"] = (round(float(relation), 3), "")
    return figures
