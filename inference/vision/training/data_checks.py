"""Bad data by name, before hours of training: missing classes, leaked people, copies across splits, bad files."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from inference.vision.training.protocols import TEST, TRAIN, VALIDATION, StrArray, digests
from inference.vision.training.samples import Samples

SPLITS = (TRAIN, VALIDATION, TEST)
MOST = 20


class DataError(ValueError):
    """The labelled data cannot be trained on; the text lists all that is wrong and what to do."""


def ensure(samples: Samples, *, leak_ok: bool = False) -> Samples:
    """Return ``samples`` when nothing is wrong with them.

    Raises:
        DataError: something is; ``leak_ok`` lets a person or a picture stand in several splits.
    """
    refuse(check(samples, leak_ok=leak_ok))
    return samples


def refuse(problems: Sequence[str]) -> None:
    """Do nothing when there are no ``problems``.

    Raises:
        DataError: there are.
    """
    if problems:
        listed = "\n".join(f"- {problem}" for problem in problems)
        raise DataError(f"This data cannot be trained on; nothing was started.\n{listed}")


def check(samples: Samples, *, leak_ok: bool = False) -> list[str]:
    """Return what is wrong with ``samples``, a sentence each that says what to do; nothing when all is well."""
    if not len(samples.images):
        return ["There are no pictures: check the folder after --data."]
    problems = [*_classes(samples), *_labels(samples)]
    return problems if leak_ok else [*problems, *_people(samples), *_copies(samples)]


def listing(names: Sequence[str]) -> str:
    """Return up to 20 of ``names``, and how many more there are."""
    rest = len(names) - MOST
    return ", ".join(names[:MOST]) + (f" and {rest} more" if rest > 0 else "")


def _classes(samples: Samples) -> Iterator[str]:
    for split in SPLITS:
        counts = np.bincount(samples.counted(split).truth, minlength=len(samples.names))
        missing = [name for row, name in enumerate(samples.names) if not counts[row]]
        if len(missing) == len(samples.names):
            yield f"The {split} split is empty: mark pictures of some people as {split}."
        elif missing:
            yield f"Classes without a picture in the {split} split: {listing(missing)}. Add some or drop the class."


def _labels(samples: Samples) -> Iterator[str]:
    sums = samples.labels.sum(axis=1)
    wrong = np.flatnonzero((samples.truth >= 0) & ~(np.abs(sums - 1) < 1e-3))
    if len(wrong):
        rows = listing([str(row) for row in wrong])
        yield f"{len(wrong)} pictures have labels that do not add up to 1: rows {rows}. Divide each by its sum."
    outside = np.flatnonzero(samples.truth >= len(samples.names))
    if len(outside):
        rows = listing([str(row) for row in outside])
        yield f"{len(outside)} pictures have a class beyond the {len(samples.names)} named ones: rows {rows}."


def _people(samples: Samples) -> Iterator[str]:
    leaked = _in_several(samples.everyone(), samples.splits)
    if leaked:
        yield f"{len(leaked)} people are in more than one split: {listing(leaked)}. Give each person one split."


def _copies(samples: Samples) -> Iterator[str]:
    keys = digests(list(samples.images))
    leaked = set(_in_several(keys, samples.splits))
    if leaked:
        everyone = samples.everyone()
        rows = {key: str(person) for key, person in zip(keys.tolist(), everyone.tolist(), strict=True) if key in leaked}
        names = listing(sorted(rows.values()))
        yield f"{len(leaked)} pictures are in more than one split, pixel by pixel: of {names}. Keep one copy of each."


def _in_several(keys: StrArray, splits: StrArray) -> list[str]:
    """Return the ``keys`` (n,) that stand in more than one of the ``splits`` (n,)."""
    pairs = {(str(key), str(split)) for key, split in zip(keys, splits, strict=True)}
    seen = sorted(key for key, _ in pairs)
    return sorted({key for key, following in pairwise(seen) if key == following})
