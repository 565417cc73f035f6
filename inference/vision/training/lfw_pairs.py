"""The pairs of LFW's protocols: View 1 for choices, View 2 (ten folds) for the one final figure (Huang et al. 2007)."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

ARCHIVE = "lfw160.zip"
VIEW_2, VIEW_1 = "pairs.txt", ("pairsDevTrain.txt", "pairsDevTest.txt")


@dataclass(frozen=True, slots=True)
class Pairs:
    """n pairs of photos by name ("Person/Person_0001.jpg"), whether both show one person, and each pair's fold."""

    left: tuple[str, ...]
    right: tuple[str, ...]
    is_same: npt.NDArray[np.bool_]
    folds: npt.NDArray[np.int64]

    @property
    def people(self) -> set[str]:
        """Everyone who is in a pair."""
        return {person_of(name) for name in (*self.left, *self.right)}


def read_pairs(data: Path, name: str) -> Pairs:
    """Return the pairs that file ``name`` of LFW's archive in folder ``data`` lists.

    Raises:
        FileNotFoundError: the archive is not there.
    """
    with zipfile.ZipFile(data / ARCHIVE) as archive:
        return parse_pairs(archive.read(name).decode())


def parse_pairs(text: str) -> Pairs:
    """Return the pairs of ``text``: a line of sizes, then per fold as many pairs of one person as of two.

    Raises:
        ValueError: a line is no pair, or their number is not what the first line promises.
    """
    first, *lines = [line.split() for line in text.splitlines() if line.strip()]
    folds, of_each = (1, int(first[0])) if len(first) == 1 else (int(first[0]), int(first[1]))
    if len(lines) != 2 * folds * of_each:
        raise ValueError(f"{len(lines)} pairs, but the first line promises {2 * folds * of_each}: take the whole file.")
    pairs = [_photos(parts) for parts in lines]
    is_same = np.array([len(parts) == 3 for parts in lines])
    fold = np.arange(len(lines)) // (2 * of_each)
    return Pairs(tuple(a for a, _ in pairs), tuple(b for _, b in pairs), is_same, fold)


def person_of(photo: str) -> str:
    """Return who is on the photo called ``photo``."""
    return photo.partition("/")[0]


def _photos(parts: list[str]) -> tuple[str, str]:
    if len(parts) not in (3, 4):
        raise ValueError(f"{' '.join(parts)!r} is no pair: a person and two numbers, or twice a person and a number.")
    first, second = parts[:2], [parts[0], parts[2]] if len(parts) == 3 else parts[2:]
    return _photo(*first), _photo(*second)


def _photo(person: str, number: str) -> str:
    return f"{person}/{person}_{int(number):04d}.jpg"
