"""Faces of FER2013's public test that most of ten voters called neutral, happy or surprised: whom a person labelled.

These three go with a learning emotion (docs/models/weak-labels.md); no weights and no setting were chosen on them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from inference.vision.training.datasets import load_fer
from inference.vision.training.protocols import TEST
from inference.vision.types import ImageArray

VOTED = {"neutral": "focused", "happiness": "happy", "surprise": "curious"}
SEED, FACE_PX, MARGIN_PX = 0, 112, 32


@dataclass(frozen=True, slots=True)
class VotedFaces:
    """Pictures (h, w, 3) of one face each, and the learning emotion (n,) that its voters' word goes with."""

    images: list[ImageArray]
    labels: list[str]


def voted_faces(data: Path, *, each: int, split: str = TEST) -> VotedFaces:
    """Return ``each`` faces of every class, drawn with a fixed seed, enlarged and with a margin around."""
    source = load_fer(data)
    names = [str(name) for name in np.load(data / "fer2013plus.npz", allow_pickle=True)["vote_names"]]
    votes = source.facts["votes"].astype(np.float64)
    sure = votes.max(axis=1) > votes.sum(axis=1) / 2
    images, labels = [], []
    for voted, label in VOTED.items():
        rows = np.flatnonzero((source.splits == split) & sure & (votes.argmax(axis=1) == names.index(voted)))
        chosen = np.random.default_rng(SEED).permutation(rows)[:each]
        images += [_framed(source.images[row]) for row in chosen]
        labels += [label] * len(chosen)
    return VotedFaces(images, labels)


def _framed(face: npt.NDArray[np.uint8]) -> ImageArray:
    large = cv2.resize(face, (FACE_PX, FACE_PX), interpolation=cv2.INTER_CUBIC)
    framed = np.pad(large, MARGIN_PX, mode="edge")
    return np.asarray(cv2.cvtColor(framed, cv2.COLOR_GRAY2BGR), np.uint8)
