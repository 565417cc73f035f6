"""How CK+ is split for paper 004, and where its training starts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import torch
from torch import nn

from inference.vision.families.common import to_probabilities
from inference.vision.training.classification import predict
from inference.vision.training.initial import State, read_state
from inference.vision.training.metrics import IntArray
from inference.vision.training.protocols import TEST, TRAIN, VALIDATION, StrArray
from inference.vision.training.recipe import Recipe
from inference.vision.training.report import Report, report_of
from inference.vision.training.samples import Samples

FOLDS, SEED = 5, 20240
VALIDATION_FOLDS = 10  # one of them chooses the epoch
TENTH = 10  # the paper tests on one of ten parts
LIKE_FER2013 = (0, 6, 1, 2, 3, 4, 5)
"""The row of FER2013's head that each class of CK+ starts from; contempt has none of its own, it starts as neutral."""
HEAD = "classify."
Indices = npt.NDArray[np.intp]


def by_subject(samples: Samples) -> Iterator[Samples]:
    """Yield ``samples`` five times; each subject is tested once and never trained on in the same fold."""
    for rest, test in _parts(samples.truth, samples.people, FOLDS):
        yield _split(samples, rest, test, samples.people)


def at_random(samples: Samples) -> Iterator[Samples]:
    """Yield ``samples`` once, a tenth of the pictures to test: the paper's split, with each face on both sides."""
    pictures = np.arange(len(samples.truth)).astype(str)
    rest, test = next(_parts(samples.truth, pictures, TENTH))
    yield _split(samples, rest, test, pictures)


def start_from(weights: Path, target: Path) -> Path:
    """Write FER2013's ``weights`` to ``target`` with the head's rows in the order of CK+'s classes; return it."""
    state: State = read_state(weights)
    order = torch.tensor(LIKE_FER2013)
    moved = {name: value[order] if name.startswith(HEAD) else value for name, value in state.items()}
    target.parent.mkdir(parents=True, exist_ok=True)
    torch.save(moved, target)
    return target


def pooled(tested: Sequence[tuple[nn.Module, Samples]], recipe: Recipe) -> Report:
    """Return the figures over all folds together: each fold's network on its own test pictures."""
    folds = [(network, samples.counted(TEST)) for network, samples in tested]
    logits = np.concatenate([predict(network, recipe, chosen, "cpu") for network, chosen in folds])
    truth = np.concatenate([chosen.truth for _, chosen in folds])
    people = np.concatenate([chosen.everyone() for _, chosen in folds])
    sources = np.concatenate([chosen.sources for _, chosen in folds])
    facts = {"people": people, "sources": sources}
    return report_of(to_probabilities(logits, temperature=1.0), truth, labels=folds[0][1].names, **facts)


def _split(samples: Samples, rest: Indices, test: Indices, groups: StrArray) -> Samples:
    splits = np.full(len(samples.truth), TRAIN, dtype="<U10")
    splits[test] = TEST
    _, chosen = next(_parts(samples.truth[rest], groups[rest], VALIDATION_FOLDS))
    splits[rest[chosen]] = VALIDATION
    return replace(samples, splits=splits)


def _parts(truth: IntArray, groups: StrArray, count: int) -> Iterator[tuple[Indices, Indices]]:
    """Yield the rows to keep and the rows of each of ``count`` parts, which share no group and balance the classes."""
    from sklearn.model_selection import StratifiedGroupKFold

    parts = StratifiedGroupKFold(count, shuffle=True, random_state=SEED)
    yield from parts.split(truth, truth, groups)
