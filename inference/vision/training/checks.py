"""Checks of a network against labels that people gave, whatever the rules say of the same faces."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inference.vision.training.prepare import Faces
from inference.vision.training.protocols import TEST
from inference.vision.training.report import area_under_curve
from inference.vision.training.weak_labels import LABELS, VOTES
from inference.vision.types import FloatArray

MAJORITY = 0.6
QUESTIONS = (
    ("fer", "happiness", "happy"),
    ("fer", "neutral", "focused"),
    ("fer", "surprise", "curious"),
    ("ckplus", "happiness", "happy"),
    ("ckplus", "surprise", "curious"),
)


@dataclass(frozen=True, slots=True)
class Check:
    """A figure against labels that people gave: what was asked, the value in 0..1 and on how many faces."""

    name: str
    value: float
    count: int


def human_checks(probabilities: FloatArray, everyone: Faces) -> tuple[Check, ...]:
    """Compare ``probabilities`` (n, 6) of the test faces with votes, engagement and yawns.

    Questions without faces are left out.
    """
    faces = everyone.where(everyone.splits == TEST)
    said = probabilities.argmax(axis=1)
    checks = [_recall(said, faces, *question) for question in QUESTIONS]
    checks.append(_yawns(said, faces))
    return tuple(check for check in (*checks, *_engagement(probabilities, faces)) if check.count)


def _recall(said: npt.NDArray[np.intp], faces: Faces, source: str, vote: str, label: str) -> Check:
    asked = (faces.sources == source) & (faces.votes[:, VOTES.index(vote)] >= MAJORITY)
    return _share(f"{source}: {vote} by most votes, called {label}", said[asked] == LABELS.index(label))


def _yawns(said: npt.NDArray[np.intp], faces: Faces) -> Check:
    asked = (faces.sources == "yawn") & (faces.yawn == 1)
    return _share("yawn: a yawn, called tired", said[asked] == LABELS.index("tired"))


def _engagement(probabilities: FloatArray, faces: Faces) -> list[Check]:
    asked = faces.sources == "wacv"
    away, disengaged = 1 - probabilities[asked, LABELS.index("focused")], faces.level[asked] == 1
    if disengaged.all() or not disengaged.any():
        return []
    name = "wacv: 'not focused' ranks disengaged above the rest (AUC)"
    return [Check(name, area_under_curve(away, disengaged), int(asked.sum()))]


def _share(name: str, hits: npt.NDArray[np.bool_]) -> Check:
    return Check(name, float(hits.mean()) if len(hits) else 0.0, len(hits))
