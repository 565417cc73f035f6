"""Test a network once on people that no choice was made on, and check it against labels that humans gave."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from torch import nn

from inference.vision.families.drsn.decode import to_probabilities
from inference.vision.training.checks import Check, human_checks
from inference.vision.training.fit import predict
from inference.vision.training.metrics import calibration_error, fitted_temperature
from inference.vision.training.prepare import Faces
from inference.vision.training.protocols import TEST, VALIDATION
from inference.vision.training.recipe import Recipe
from inference.vision.training.report import Report, report_of
from inference.vision.training.weak_labels import LABELS, MIN_STRENGTH


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A report, the temperature fitted on the validation people, and the checks.

    ``left_out`` counts what the network calls the test faces that fit no rule.
    """

    report: Report
    temperature: float
    uncalibrated_ece: float
    checks: tuple[Check, ...]
    left_out: Mapping[str, int]


def evaluate(network: nn.Module, recipe: Recipe, faces: Faces, *, device: str = "cpu") -> Evaluation:
    """Return the figures of ``network`` on the test people of ``faces``."""
    temperature = temperature_of(network, recipe, faces, device=device)
    tested = faces.where(faces.splits == TEST)
    logits = predict(network, recipe, tested, device)
    fits = tested.strength >= MIN_STRENGTH
    chosen = tested.where(fits)
    truth, facts = chosen.labels.argmax(axis=1), {"people": people_of(chosen), "sources": chosen.sources}
    uncalibrated = calibration_error(to_probabilities(logits[fits], temperature=1.0), truth)
    report = report_of(to_probabilities(logits[fits], temperature=temperature), truth, labels=LABELS, **facts)
    checks = human_checks(to_probabilities(logits, temperature=temperature), tested)
    calls = np.bincount(logits[~fits].argmax(axis=1), minlength=len(LABELS)).tolist()
    return Evaluation(report, temperature, uncalibrated, checks, dict(zip(LABELS, calls, strict=True)))


def temperature_of(network: nn.Module, recipe: Recipe, faces: Faces, *, device: str = "cpu") -> float:
    """Return the temperature that suits the validation people best."""
    chosen = faces.where((faces.splits == VALIDATION) & (faces.strength >= MIN_STRENGTH))
    return fitted_temperature(predict(network, recipe, chosen, device), chosen.labels)


def people_of(faces: Faces) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    """Return who is on each face, told apart across sets."""
    return np.asarray(np.char.add(np.char.add(faces.sources, "/"), faces.people))


def data_hash(faces: Faces) -> str:
    """Return a digest of images, labels and splits."""
    digest = hashlib.sha256(faces.images.tobytes())
    digest.update(np.ascontiguousarray(faces.labels.round(4)).tobytes())
    digest.update(",".join(faces.splits.tolist()).encode())
    return digest.hexdigest()
