"""The training table: every labelled face aligned to the card's template, with its weak label, set and split."""

from __future__ import annotations

from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from inference.vision.stages.align import similarity
from inference.vision.training.datasets import SOURCES, Source
from inference.vision.training.evidence import read_source
from inference.vision.training.measure import evidence_of
from inference.vision.training.protocols import StrArray
from inference.vision.training.recipe import Input
from inference.vision.training.teachers import Reading, five_points
from inference.vision.training.weak_labels import soft_labels
from inference.vision.types import FloatArray, Hook, ImageArray, silent_hook


@dataclass(frozen=True, slots=True)
class Faces:
    """n aligned faces: ``images`` (n, h, w) with a margin, ``labels`` (n, 6) soft, ``strength`` (n,), who and where."""

    images: ImageArray
    labels: FloatArray
    strength: FloatArray
    sources: StrArray
    people: StrArray
    splits: StrArray
    votes: FloatArray
    level: FloatArray
    yawn: FloatArray

    def where(self, mask: npt.NDArray[np.bool_]) -> Faces:
        """Return the faces that ``mask`` (n,) marks."""
        return Faces(*(getattr(self, item.name)[mask] for item in fields(self)))


def load_faces(data: Path, cache: Path, shown: Input, hook: Hook = silent_hook) -> Faces:
    """Return all faces that the teacher saw, as ``shown``; from ``cache`` where an earlier call left them."""
    path = cache / f"faces-{shown.size_px}.npz"
    if not path.is_file():
        sources = (read_source(name, data=data, cache=cache, hook=hook) for name in SOURCES)
        parts = [_faces_of(source, reading, shown) for source, reading in sources]
        joined: dict[str, Any] = {item.name: _joined(parts, item.name) for item in fields(Faces)}
        np.savez(path, **joined)
    kept = np.load(path)
    return Faces(**{item.name: kept[item.name] for item in fields(Faces)})


def align(image: ImageArray, points: FloatArray, template: FloatArray, size_px: int) -> ImageArray:
    """Return the crop (size_px, size_px) in which ``points`` (5, 2) fall on ``template`` as the pipeline's align does.

    The sets' own crops are tight: what lies outside of ``image`` repeats its edge.
    """
    matrix = similarity(points, template)
    factor = int(1 / np.hypot(matrix[0, 0], matrix[1, 0]))
    if factor >= 2:
        image = np.asarray(cv2.resize(image, None, fx=1 / factor, fy=1 / factor, interpolation=cv2.INTER_AREA))
        matrix[:, :2] *= factor
    crop = cv2.warpAffine(image, matrix, (size_px,) * 2, flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(crop, np.uint8)


def average_template(points: FloatArray, pose_deg: FloatArray) -> FloatArray:
    """Return the mean five points (5, 2) of frontal faces, made symmetric; ``points`` (n, 5, 2) in crop pixels."""
    frontal = points[np.abs(pose_deg[:, 0]) < 10].mean(axis=0)
    middle = frontal[[0, 1, 3, 4], 0].mean()
    mirrored = frontal[[1, 0, 2, 4, 3]] * (-1, 1) + (2 * middle, 0)
    return np.asarray((frontal + mirrored) / 2, np.float32)


def _faces_of(source: Source, reading: Reading, shown: Input) -> Faces:
    seen = reading.presence > 0
    points, side = five_points(reading.points), shown.size_px + 2 * shown.margin_px
    template = shown.template_px + shown.margin_px
    crops = [align(source.images[i], points[i], template, side) for i in np.flatnonzero(seen).tolist()]
    evidence = evidence_of(source, reading)
    labels, strength = soft_labels(evidence)
    names = np.full(len(seen), source.name)
    facts: tuple[Any, ...] = (labels, strength, names, source.people, source.splits, evidence.votes)
    return Faces(np.stack(crops), *(fact[seen] for fact in (*facts, evidence.level, evidence.yawn)))


def _joined(parts: list[Faces], name: str) -> npt.NDArray[np.generic]:
    return np.concatenate([getattr(part, name) for part in parts])
