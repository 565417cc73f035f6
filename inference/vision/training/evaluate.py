"""Test a network once on people that no choice was made on, and check it against labels that humans gave."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
from torch import nn

from inference.vision.families.drsn.decode import to_probabilities
from inference.vision.training.fit import predict
from inference.vision.training.metrics import calibration_error, fitted_temperature
from inference.vision.training.prepare import Faces
from inference.vision.training.protocols import TEST, VALIDATION
from inference.vision.training.recipe import Recipe
from inference.vision.training.report import Report, area_under_curve, report_of
from inference.vision.training.weak_labels import LABELS, MIN_STRENGTH, VOTES
from inference.vision.types import FloatArray

MAJORITY = 0.6


@dataclass(frozen=True, slots=True)
class Check:
    """A figure against labels that humans gave: what was asked, the value in 0..1 and on how many faces."""

    name: str
    value: float
    count: int


@dataclass(frozen=True, slots=True)
class Evaluation:
    """A report, the temperature fitted on the validation people, and the checks; ``left_out`` fit no rule."""

    report: Report
    temperature: float
    uncalibrated_ece: float
    checks: tuple[Check, ...]
    left_out: int


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
    return Evaluation(report, temperature, uncalibrated, checks, int((~fits).sum()))


def temperature_of(network: nn.Module, recipe: Recipe, faces: Faces, *, device: str = "cpu") -> float:
    """Return the temperature that suits the validation people best."""
    chosen = faces.where((faces.splits == VALIDATION) & (faces.strength >= MIN_STRENGTH))
    return fitted_temperature(predict(network, recipe, chosen, device), chosen.labels)


def human_checks(probabilities: FloatArray, faces: Faces) -> tuple[Check, ...]:
    """Compare ``probabilities`` (n, 6) of test faces with votes, engagement and yawns, whatever the rules say."""
    said = probabilities.argmax(axis=1)
    checks = [_recall(said, faces, *question) for question in QUESTIONS]
    wacv = faces.sources == "wacv"
    engaged = faces.where(wacv)
    away = 1 - probabilities[wacv, LABELS.index("focused")]
    checks.append(
        Check(
            "WACV: 'not focused' ranks disengaged above others (AUC)",
            area_under_curve(away, engaged.level == 1),
            len(away),
        )
    )
    yawning = (faces.sources == "yawn") & (faces.yawn == 1)
    tired = said[yawning] == LABELS.index("tired")
    return (*checks, Check("yawn test: a yawn is called tired", float(tired.mean()), int(yawning.sum())))


QUESTIONS = (
    ("fer", "happiness", "happy"),
    ("fer", "neutral", "focused"),
    ("fer", "surprise", "curious"),
    ("ckplus", "happiness", "happy"),
    ("ckplus", "surprise", "curious"),
)


def people_of(faces: Faces) -> np.ndarray[tuple[int], np.dtype[np.str_]]:
    """Return who is on each face, told apart across sets."""
    return np.asarray(np.char.add(np.char.add(faces.sources, "/"), faces.people))


def data_hash(faces: Faces) -> str:
    """Return a digest of images, labels and splits."""
    digest = hashlib.sha256(faces.images.tobytes())
    digest.update(np.ascontiguousarray(faces.labels.round(4)).tobytes())
    digest.update(",".join(faces.splits.tolist()).encode())
    return digest.hexdigest()


def _recall(said: np.ndarray[tuple[int], np.dtype[np.intp]], faces: Faces, source: str, vote: str, label: str) -> Check:
    asked = (faces.sources == source) & (faces.votes[:, VOTES.index(vote)] >= MAJORITY)
    hits = said[asked] == LABELS.index(label)
    return Check(f"{source}: {vote} by vote is called {label}", float(hits.mean()), int(asked.sum()))
