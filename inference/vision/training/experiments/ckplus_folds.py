"""How CK+ is split for paper 004, and where its training starts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch import nn

from inference.vision.families.common import to_probabilities
from inference.vision.training.classification import predict
from inference.vision.training.folds import Fold, group_folds, group_split, random_split
from inference.vision.training.initial import State, read_state
from inference.vision.training.protocols import TEST, TRAIN, VALIDATION, StrArray
from inference.vision.training.recipe import Recipe
from inference.vision.training.report import Report, report_of
from inference.vision.training.samples import Samples

FOLDS, SEED = 5, 20240
LIKE_FER2013 = (0, 6, 1, 2, 3, 4, 5)
"""The row of FER2013's head that each class of CK+ starts from; contempt has none of its own, it starts as neutral."""
HEAD = "classify."


def by_subject(samples: Samples) -> list[Samples]:
    """Return ``samples`` five times; each subject is tested once and never trained on in the same fold."""
    return [_split(samples, fold, samples.people) for fold in group_folds(samples.people, folds=FOLDS, seed=SEED)]


def at_random(samples: Samples) -> list[Samples]:
    """Return ``samples`` once, a tenth of the pictures to test: the paper's split, with each person on both sides."""
    pictures = np.arange(len(samples.truth)).astype(str)
    return [_split(samples, random_split(len(pictures), ratio="9:1", seed=SEED), pictures)]


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


def _split(samples: Samples, fold: Fold, groups: StrArray) -> Samples:
    splits = np.full(len(samples.truth), TRAIN, dtype="<U10")
    splits[fold.test] = TEST
    splits[fold.train[group_split(groups[fold.train], ratio="9:1", seed=SEED).test]] = VALIDATION
    return replace(samples, splits=splits)
