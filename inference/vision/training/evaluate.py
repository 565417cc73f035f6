"""Test a network once on people that no choice was made on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from torch import nn

from inference.vision.families.common import to_probabilities
from inference.vision.training.checks import Check
from inference.vision.training.classification import predict
from inference.vision.training.metrics import IntArray, calibration_error, fitted_temperature
from inference.vision.training.protocols import TEST, VALIDATION
from inference.vision.training.recipe import Recipe
from inference.vision.training.report import Report, report_of
from inference.vision.training.samples import Samples
from inference.vision.types import FloatArray


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A report, the temperature fitted on the validation people, and what else was checked.

    ``left_out`` counts what the network calls the test faces that have no class. ``tested`` (m, C) are the
    probabilities of all test faces, ``probabilities`` (n, C) and ``truth`` (n,) those of the faces that have a class.
    """

    report: Report
    temperature: float
    uncalibrated_ece: float
    left_out: Mapping[str, int]
    tested: FloatArray
    probabilities: FloatArray
    truth: IntArray
    checks: tuple[Check, ...] = field(default=())


def evaluate(network: nn.Module, recipe: Recipe, samples: Samples, *, device: str = "cpu") -> Evaluation:
    """Return the figures of ``network`` on the test people of ``samples``."""
    temperature = temperature_of(network, recipe, samples, device=device)
    tested = samples.where(samples.splits == TEST)
    logits = predict(network, recipe, tested, device)
    counts, every = tested.truth >= 0, to_probabilities(logits, temperature=temperature)
    chosen, probabilities = tested.where(counts), every[counts]
    uncalibrated = calibration_error(to_probabilities(logits[counts], temperature=1.0), chosen.truth)
    facts = {"people": chosen.everyone(), "sources": chosen.sources}
    report = report_of(probabilities, chosen.truth, labels=samples.names, **facts)
    calls = np.bincount(logits[~counts].argmax(axis=1), minlength=len(samples.names)).tolist()
    left_out = dict(zip(samples.names, calls, strict=True))
    return Evaluation(report, temperature, uncalibrated, left_out, every, probabilities, chosen.truth)


def temperature_of(network: nn.Module, recipe: Recipe, samples: Samples, *, device: str = "cpu") -> float:
    """Return the temperature that suits the validation people best."""
    chosen = samples.counted(VALIDATION)
    return fitted_temperature(predict(network, recipe, chosen, device), chosen.labels)
