"""Figures over people, with 95 % intervals that resample people: pictures of one person are not independent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

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
    """A share with its interval, which needs two people; ``people`` and ``faces`` say on how many it rests.

    ``each`` is the value of each person, where the figure is their mean.
    """

    value: float
    low: float
    high: float
    people: int
    faces: int
    each: Mapping[str, float] = field(default_factory=dict)

    @property
    def more(self) -> dict[str, object]:
        """Return what is kept beside the value."""
        ends = {name: round(end, 4) for name, end in (("low", self.low), ("high", self.high)) if np.isfinite(end)}
        each = {"each": {name: round(value, 3) for name, value in self.each.items()}} if self.each else {}
        return {**ends, "n": self.people, "faces": self.faces, **each}

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f} to {self.high:.3f}), {self.people} people, {self.faces} faces"


def auc_a_person(values: Values, positive: Mask, people: People) -> Figure:
    """Return the mean over people of the chance that a positive face of theirs has a higher value than a negative.

    Faces without a value are left out, and people with fewer than ``LEAST_FACES`` of either kind.
    """
    known = np.isfinite(values)
    values, positive, people = values[known], positive[known], people[known]
    groups = {str(name): people == name for name in np.unique(people)}
    groups = {name: rows for name, rows in groups.items() if _is_enough(positive[rows])}
    if not groups:
        return Figure(float("nan"), float("nan"), float("nan"), 0, 0)
    each = {name: auc(values[rows], positive[rows]) for name, rows in groups.items()}
    faces = sum(int(rows.sum()) for rows in groups.values())
    return _mean_of(each, faces=faces)


def auc_with_unknown(values: Values, positive: Mask, people: People) -> Figure:
    """Return the same mean with the faces that have no value: a pair with one of them is won by chance, one half."""
    each = {}
    for name in np.unique(people):
        rows = people == name
        known = np.isfinite(values[rows])
        if _is_enough(positive[rows][known]):
            share_known = known[positive[rows]].mean() * known[~positive[rows]].mean()
            found = auc(values[rows][known], positive[rows][known])
            each[str(name)] = float(share_known * found + (1 - share_known) / 2)
    return _mean_of(each, faces=len(values))


def _is_enough(positive: Mask) -> bool:
    return bool(min(positive.sum(), (~positive).sum()) >= LEAST_FACES)


def _mean_of(each: dict[str, float], *, faces: int) -> Figure:
    row = np.array([list(each.values())])
    low, high = interval(row, np.ones_like(row), resamples=RESAMPLES)
    ends = np.clip([low[0], high[0]], 0, 1)
    return Figure(float(row.mean()), float(ends[0]), float(ends[1]), len(each), faces, each)


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
