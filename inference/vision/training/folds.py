"""The papers' splits of a set into training and test rows, seeded: by person, at random, and the leaking one.

Leaking is splitting after augmenting: copies of one original then stand on both sides, and a network that remembers
an original is rewarded for it. Paper 000 did so; it is kept to show what it is worth, and its name says what it is.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Rows = npt.NDArray[np.intp]
Groups = npt.NDArray[np.generic]

RATIOS: Mapping[str, float] = {"8:2": 0.2, "4:1": 0.2, "3:1": 0.25, "9:1": 0.1}
"""Name -> share of the test; 002 splits 8:2, 4:1 and 3:1, 000 splits 8:2, 004 splits 9:1."""


@dataclass(frozen=True, slots=True)
class Fold:
    """Row numbers to train on and to test on, sorted, without a row in both."""

    train: Rows
    test: Rows


def group_split(groups: Groups, *, ratio: str, seed: int) -> Fold:
    """Return one split in which no value of ``groups`` (n,), a person or an original, is on both sides.

    The test gets at least its share of the rows and at most one group more.

    Raises:
        ValueError: no such ratio, or too few groups for two sides.
    """
    if ratio not in RATIOS:
        raise ValueError(f"No split is called {ratio!r}; there are: {', '.join(RATIOS)}.")
    member, sizes = _shuffled(groups, seed, at_least=2)
    before = np.cumsum(sizes) - sizes
    tested = before < round(RATIOS[ratio] * len(groups))
    tested[-1] = False
    return _fold(tested[member])


def group_folds(groups: Groups, *, folds: int = 10, seed: int) -> list[Fold]:
    """Return ``folds`` splits: every row is tested once, all rows of a group in the same fold.

    Raises:
        ValueError: fewer groups than folds.
    """
    member, sizes = _shuffled(groups, seed, at_least=folds)
    fold_of, filled = np.zeros(len(sizes), int), np.zeros(folds, int)
    for group in np.argsort(-sizes, kind="stable"):
        fold_of[group] = filled.argmin()
        filled[fold_of[group]] += sizes[group]
    return [_fold(fold_of[member] == fold) for fold in range(folds)]


def random_split(count: int, *, ratio: str, seed: int) -> Fold:
    """Return one split of ``count`` rows at random, whoever is on them."""
    return group_split(np.arange(count), ratio=ratio, seed=seed)


def random_splits(count: int, *, ratio: str, repeats: int = 10, seed: int) -> list[Fold]:
    """Return ``repeats`` independent random splits (paper 002, Table 3: ten of 8:2)."""
    return [random_split(count, ratio=ratio, seed=seed + repeat) for repeat in range(repeats)]


def random_folds(count: int, *, folds: int = 10, seed: int) -> list[Fold]:
    """Return ``folds`` splits of ``count`` rows at random: every row is tested once."""
    return group_folds(np.arange(count), folds=folds, seed=seed)


AUGMENTED: Mapping[str, Callable[[Groups, int], list[Fold]]] = {
    "holdout": lambda originals, seed: [group_split(originals, ratio="8:2", seed=seed)],
    "holdout_leaking": lambda originals, seed: [random_split(len(originals), ratio="8:2", seed=seed)],
    "10fold": lambda originals, seed: group_folds(originals, seed=seed),
    "10fold_leaking": lambda originals, seed: random_folds(len(originals), seed=seed),
}
"""Protocols for an augmented set: name -> folds of its rows, given the original (n,) that each row is a copy of."""


def _shuffled(groups: Groups, seed: int, *, at_least: int) -> tuple[Rows, Rows]:
    """Return each row's group (n,), numbered in a random order, and the groups' sizes in that order."""
    names, member, sizes = np.unique(groups, return_inverse=True, return_counts=True)
    if len(names) < at_least:
        raise ValueError(
            f"{len(names)} people or originals cannot be split into {at_least}: give more, or fewer folds."
        )
    order = np.random.default_rng(seed).permutation(len(names))
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return place[member], sizes[order]


def _fold(tested: npt.NDArray[np.bool_]) -> Fold:
    return Fold(np.flatnonzero(~tested), np.flatnonzero(tested))
