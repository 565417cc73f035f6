"""How well tracks keep people apart: IDF1 (Ristani et al. 2016, 10.1007/978-3-319-48881-3_2), switches, mix-ups."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from benchmarks.galleries.pairing import pairs_of
from inference.vision.stages.detect import overlaps
from inference.vision.types import FloatArray


@dataclass(frozen=True, slots=True)
class Seen:
    """One frame: people and their true boxes (n, 4), and track numbers with the boxes (m, 4) that were found."""

    people: Sequence[str]
    boxes: FloatArray
    numbers: Sequence[int]
    found: FloatArray


@dataclass(frozen=True, slots=True)
class Identity:
    """The figures of one or several recordings.

    ``true_positives`` are found faces in the one track that stands for their person, of ``truths`` faces there and
    ``found`` faces found. ``switches``: a person is found in another track than the time before (Bernardin and
    Stiefelhagen 2008, 10.1155/2008/246309). ``mix_ups``: a track goes over to another person, the worse of the two.
    """

    true_positives: int
    truths: int
    found: int
    switches: int
    mix_ups: int
    people: int
    tracks: int

    @property
    def idf1(self) -> float:
        """Twice the true positives over the faces there and the faces found (equation 3); NaN of none."""
        total = self.truths + self.found
        return 2 * self.true_positives / total if total else float("nan")

    def __add__(self, other: Identity) -> Identity:
        return Identity(*(getattr(self, name) + getattr(other, name) for name in self.__slots__))


def identity_of(frames: Iterable[Seen]) -> Identity:
    """Return the figures of one recording's ``frames``, in order of time."""
    frames = list(frames)
    met = [_met(frame) for frame in frames]
    together = Counter(pair for pairs in met for pair in pairs)
    return Identity(
        true_positives=_most_together(together),
        truths=sum(len(frame.people) for frame in frames),
        found=sum(len(frame.numbers) for frame in frames),
        switches=_changes((person, number) for pairs in met for person, number in pairs),
        mix_ups=_changes((number, person) for pairs in met for person, number in pairs),
        people=len({person for frame in frames for person in frame.people}),
        tracks=len({number for frame in frames for number in frame.numbers}),
    )


def _met(frame: Seen) -> list[tuple[str, int]]:
    pairs = pairs_of(overlaps(frame.boxes, frame.found))
    return [(frame.people[row], frame.numbers[column]) for row, column in pairs]


def _most_together(together: Counter[tuple[str, int]]) -> int:
    """Return the frames explained when each person is given at most one track, and each track one person.

    The fewest frames not explained on both sides are the most frames explained: Ristani et al., section 3.1.
    """
    people = {person: row for row, person in enumerate(sorted({person for person, _ in together}))}
    numbers = {number: column for column, number in enumerate(sorted({number for _, number in together}))}
    frames = np.zeros((len(people), len(numbers)), np.int64)
    for (person, number), count in together.items():
        frames[people[person], numbers[number]] = count
    return int(frames[linear_sum_assignment(frames, maximize=True)].sum())


def _changes(pairs: Iterable[tuple[object, object]]) -> int:
    """Return how often the second value of a first one differs from the time before."""
    last: dict[object, object] = {}
    changes = 0
    for key, value in pairs:
        changes += last.get(key, value) != value
        last[key] = value
    return changes
