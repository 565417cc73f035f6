"""What a network's answers are worth at each precision, on validation and test people."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from torch import nn

from inference.vision.quantise import Range, measure_ranges
from inference.vision.runtime import Network, export_module, in_batches
from inference.vision.training.classification import inputs_of
from inference.vision.training.precisions import BF16, FP32, INT8, TORCH, engines_of, speeds
from inference.vision.training.protocols import TEST, TRAIN, VALIDATION
from inference.vision.training.recipe import Recipe
from inference.vision.training.samples import Samples
from inference.vision.training.verification import all_pairs, balanced_accuracy, roc
from inference.vision.types import FloatArray, Hook, silent_hook

CALIBRATION, BATCH = 320, 16
PAIRED = 1500  # faces of a split that an embedding is tested on at most: every two of them are a pair
MOST_DROP = 0.005  # share of validation accuracy that a faster precision may lose
MOST_DIFFERENCE = 1e-3  # of the engine's float32 answers from PyTorch's


@dataclass(frozen=True, slots=True)
class Trial:
    """One precision: accuracy on validation and test people, likeness of its test answers to PyTorch's, faces a second.

    A classifier's accuracy is that of its classes and its likeness the share of equal ones. An embedding's accuracy is
    the balanced one over all pairs of faces, its likeness the mean cosine.
    """

    validation: float
    test: float
    likeness: float
    per_s: float


@dataclass(frozen=True, slots=True)
class Trials:
    """A trial for each precision; ``difference`` is how far the engine's float32 is from PyTorch's at most."""

    ranges: tuple[Range, ...]
    of: Mapping[str, Trial]
    difference: float
    faces: tuple[int, int]

    @property
    def drop(self) -> float:
        """The share of validation accuracy that int8 loses against PyTorch."""
        return self.of[TORCH].validation - self.of[INT8].validation

    @property
    def chosen(self) -> str:
        """The fastest precision that loses at most ``MOST_DROP`` on validation people."""
        needed = self.of[TORCH].validation - MOST_DROP
        names = (INT8, BF16) if self.ranges else (BF16,)
        return next((name for name in names if self.of[name].validation >= needed), FP32)


def try_all(module: nn.Module, recipe: Recipe, samples: Samples, *, limit: int = 0, hook: Hook = silent_hook) -> Trials:
    """Calibrate on training faces, then test each precision on at most ``limit`` faces of a split (0: all).

    Raises:
        ValueError: the engine's float32 answers are not PyTorch's.
    """
    first = inputs_of(recipe, samples.images[:BATCH]).numpy()
    ranges = _calibrated(module, recipe, samples, shape=first.shape[1:])
    engines = engines_of(module, ranges, shape=first.shape[1:])
    validation, test = (_tested(recipe, samples, split, limit=limit) for split in (VALIDATION, TEST))
    on_validation = _all_answers(engines, recipe, validation, hook)
    on_test = _all_answers(engines, recipe, test, hook)
    difference = _difference(recipe, on_test[FP32], on_test[TORCH])
    per_s = speeds(engines, first)
    trials = {
        name: Trial(
            validation=_accuracy(recipe, on_validation[name], validation),
            test=_accuracy(recipe, on_test[name], test),
            likeness=_likeness(recipe, on_test[name], on_test[TORCH]),
            per_s=per_s[name],
        )
        for name in engines
    }
    return Trials(ranges, trials, difference, (len(validation.truth), len(test.truth)))


def _calibrated(module: nn.Module, recipe: Recipe, samples: Samples, *, shape: Sequence[int]) -> tuple[Range, ...]:
    learned = _some(samples.where(samples.splits == TRAIN), CALIBRATION)
    return measure_ranges(export_module(module, input_shape=shape), _batches(recipe, learned))


def _all_answers(engines: Mapping[str, Network], recipe: Recipe, samples: Samples, hook: Hook) -> dict[str, FloatArray]:
    answers = {}
    for step, (name, engine) in enumerate(engines.items()):
        hook(f"{recipe.family} in {name}", step, len(engines))
        answers[name] = _answers(engine, recipe, samples)
    return answers


def _difference(recipe: Recipe, found: FloatArray, exact: FloatArray) -> float:
    difference = float(np.abs(found - exact).max())
    if difference > MOST_DIFFERENCE:
        raise ValueError(f"{recipe.family}: the engine's float32 answers are {difference:.2g} off PyTorch's.")
    return difference


def _tested(recipe: Recipe, samples: Samples, split: str, *, limit: int) -> Samples:
    if recipe.kind == "embedding":
        return _some(samples.where(samples.splits == split), min(limit or PAIRED, PAIRED))
    return _some(samples.counted(split), limit)


def _some(samples: Samples, limit: int) -> Samples:
    if not limit or len(samples.truth) <= limit:
        return samples
    mask = np.zeros(len(samples.truth), bool)
    mask[np.random.default_rng(0).choice(len(mask), limit, replace=False)] = True
    return samples.where(mask)


def _batches(recipe: Recipe, samples: Samples) -> Iterator[FloatArray]:
    for begin in range(0, len(samples.truth), BATCH):
        yield inputs_of(recipe, samples.images[begin : begin + BATCH]).numpy()


def _answers(engine: Network, recipe: Recipe, samples: Samples) -> FloatArray:
    return np.concatenate([in_batches(engine, batch, size=BATCH)[0] for batch in _batches(recipe, samples)])


def _accuracy(recipe: Recipe, answers: FloatArray, samples: Samples) -> float:
    if recipe.kind == "embedding":
        return balanced_accuracy(roc(*all_pairs(answers, samples.people)))
    return float((answers.argmax(axis=1) == samples.truth).mean())


def _likeness(recipe: Recipe, answers: FloatArray, exact: FloatArray) -> float:
    if recipe.kind == "embedding":
        return float((answers * exact).sum(axis=1).mean())
    return float((answers.argmax(axis=1) == exact.argmax(axis=1)).mean())
