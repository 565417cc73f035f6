"""What the product's own stages see in single pictures of labelled sets, read once and kept in a cache folder."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

import inference.vision.stages
from inference.vision.pipeline import Pipeline
from inference.vision.training.scenes import surest_face
from inference.vision.types import Detection, Frame, ImageArray, Observation, TrackedFace

CACHE = Path("runs/validity")
BATCH = 32
Values = npt.NDArray[np.float64]
Found = tuple[ImageArray, Detection]


@dataclass(frozen=True, slots=True)
class Stills:
    """One row a picture, each (n,), ``probabilities`` (n, k): NaN where nothing was measured, as in observations.

    ``detected`` is the detector's score, NaN where it found no face; the others are named as in observations.
    """

    detected: Values
    quality: Values
    rejection_code: Values
    yaw_deg: Values
    pitch_deg: Values
    eye_openness: Values
    eye_left_openness: Values
    eye_right_openness: Values
    iris_x: Values
    iris_y: Values
    mouth_openness: Values
    probabilities: Values

    def where(self, mask: npt.NDArray[np.bool_]) -> Stills:
        """Return the pictures of ``mask`` (n,)."""
        return Stills(**{field.name: getattr(self, field.name)[mask] for field in fields(Stills)})


def read_stills(name: str, pictures: Sequence[ImageArray], *, pipeline: Pipeline, are_scenes: bool = False) -> Stills:
    """Return what the stages see in gray ``pictures``; from the cache where these weights and stages have read them.

    Scenes are small: they are enlarged, and turned over where they stand on their head, as for training.
    """
    if pipeline.card is None:
        raise ValueError("The pipeline was opened without the expression network.")
    path = CACHE / f"{name}-{len(pictures)}-{version_of(pipeline.card.sha256)}.npz"
    if not path.is_file():
        found = [_scene(image, pipeline) if are_scenes else _portrait(image, pipeline) for image in pictures]
        path.parent.mkdir(parents=True, exist_ok=True)
        np.savez(path, **_columns(found, pipeline, width=len(pipeline.card.labels)))
    kept = np.load(path)
    return Stills(**{field.name: kept[field.name] for field in fields(Stills)})


def version_of(sha256_of_weights: str, stages: Path = Path(inference.vision.stages.__path__[0])) -> str:
    """Return what names the code and the weights that a reading comes from: either changed, it is read anew."""
    digest = hashlib.sha256(sha256_of_weights.encode())
    for source in sorted(stages.glob("*.py")):
        digest.update(source.read_bytes())
    return digest.hexdigest()[:12]


def _portrait(image: ImageArray, pipeline: Pipeline) -> Found | None:
    frame = np.asarray(cv2.cvtColor(image, cv2.COLOR_GRAY2BGR), np.uint8)
    faces = pipeline.detect(frame)
    return (frame, faces[0]) if faces else None


def _scene(image: ImageArray, pipeline: Pipeline) -> Found | None:
    return surest_face(pipeline.detect, image)


def _columns(found: Sequence[Found | None], pipeline: Pipeline, *, width: int) -> dict[str, Any]:
    rows = [row for row, face in enumerate(found) if face is not None]
    seen = _observations([face for face in found if face is not None], pipeline)
    table: dict[str, Any] = {field.name: np.full(len(found), np.nan) for field in fields(Stills)}
    table["probabilities"] = np.full((len(found), width), np.nan)
    for row, observation in zip(rows, seen, strict=True):
        for name, value in _values(observation):
            table[name][row] = value
    return table


def _observations(found: Sequence[Found], pipeline: Pipeline) -> Iterator[Observation]:
    for start in range(0, len(found), BATCH):
        batch = found[start : start + BATCH]
        yield from pipeline.measure([(Frame(0, 0.0, image), [TrackedFace(0, face)]) for image, face in batch])


def _values(observation: Observation) -> Iterable[tuple[str, Any]]:
    yield "detected", observation.score
    names = (field.name for field in fields(Stills))
    yield from ((name, getattr(observation, name)) for name in names if name not in {"detected", "probabilities"})
    if observation.probabilities is not None:
        yield "probabilities", observation.probabilities
