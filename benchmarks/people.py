"""Figures over people, with 95 % intervals that resample people: pictures of one person are not independent."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import rankdata

from inference.vision.bootstrap import interval
from inference.vision.training.metrics import bootstrap_rows

Values = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
People = npt.NDArray[np.str_]
LEAST_FACES = 3  # of each kind, for a person to have an AUC of their own
RESAMPLES, SEED = 1000, 20240


@dataclass(frozen=True, slots=True)
class Figure:
    """A share with its interval, which needs two people; ``people`` and ``faces`` say on how many it rests."""

    value: float
    low: float
    high: float
    people: int
    faces: int

    @property
    def more(self) -> dict[str, object]:
        """Return what is kept beside the value."""
        ends = {name: round(end, 4) for name, end in (("low", self.low), ("high", self.high)) if np.isfinite(end)}
        return {**ends, "n": self.people, "faces": self.faces}

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f}), {self.people} people, {self.faces} faces"


def auc_a_person(values: Values, positive: Mask, people: People) -> Figure:
    """Return the mean over people of the chance that a positive face of theirs has a higher value than a negative.

    Faces without a value are left out, and people with fewer than ``LEAST_FACES`` of either kind.
    """
    known = np.isfinite(values)
    values, positive, people = values[known], positive[known], people[known]
    groups = [people == name for name in np.unique(people)]
    groups = [rows for rows in groups if min(positive[rows].sum(), (~positive[rows]).sum()) >= LEAST_FACES]
    if not groups:
        return Figure(float("nan"), float("nan"), float("nan"), 0, 0)
    each = np.array([[auc(values[rows], positive[rows]) for rows in groups]])
    low, high = interval(each, np.ones_like(each), resamples=RESAMPLES)
    ends = np.clip([low[0], high[0]], 0, 1)
    faces = sum(int(rows.sum()) for rows in groups)
    return Figure(float(each.mean()), float(ends[0]), float(ends[1]), len(groups), faces)


def auc_of_all(values: Values, positive: Mask, people: People) -> Figure:
    """Return the same chance over faces of different people too; faces without a value are left out."""
    known = np.isfinite(values)
    values, positive, people = values[known], positive[known], people[known]
    draws = bootstrap_rows(people, rounds=RESAMPLES, seed=SEED)
    drawn = [auc(values[rows], positive[rows]) for rows in draws]
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return Figure(auc(values, positive), float(low), float(high), len(np.unique(people)), len(values))


def share(hits: Mask, people: People) -> Figure:
    """Return the share of faces that are ``hits``."""
    drawn = [hits[rows].mean() for rows in bootstrap_rows(people, rounds=RESAMPLES, seed=SEED)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Figure(float(hits.mean()), float(low), float(high), len(np.unique(people)), len(hits))


def auc(values: Values, positive: Mask) -> float:
    """Return the chance that a positive has the higher value, ties half; NaN where there is no pair."""
    n = int(positive.sum())
    pairs = n * (len(values) - n)
    return float((rankdata(values)[positive].sum() - n * (n + 1) / 2) / pairs) if pairs else float("nan")
