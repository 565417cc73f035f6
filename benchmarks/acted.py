"""Composed minutes of a face whose expression changes at known times, from faces whom people labelled.

Nobody acts in them: no set shows one person in time with labels. So both ends are composed. In `one` a state is one
picture that trembles as a tracker's crops do, and a mistake lasts as long as the state; in `many` each second is
another person's picture, and mistakes are as brief as they can be. A real face is between.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
import numpy.typing as npt

from benchmarks.voted_faces import VotedFaces
from inference.vision.concentration import Values
from inference.vision.pipeline import Pipeline
from inference.vision.stages.align import align
from inference.vision.stages.landmarks import FaceMesher
from inference.vision.stages.measure import MIN_PRESENCE
from inference.vision.training.experiments.paper003_stills import trembling
from inference.vision.types import FloatArray, ImageArray
from inference.vision.weights import WeightCard, asset_path

Kind: TypeAlias = Literal["one", "many"]
KINDS: tuple[Kind, ...] = ("one", "many")
SEED, SEQUENCES, STATES = 7, 40, 6
SHORTEST_S, LONGEST_S = 12, 40


@dataclass(frozen=True, slots=True)
class Shown:
    """The trembling crops of n faces, their labels (n,), and what the network says of each crop (n, w, 6)."""

    crops: list[ImageArray]
    labels: npt.NDArray[np.str_]
    probabilities: Values


@dataclass(frozen=True, slots=True)
class Acted:
    """A sequence at one sample a second: times (s,), probabilities (s, 6), the label of each second, its changes."""

    times_s: Values
    probabilities: Values
    truth: npt.NDArray[np.str_]

    @property
    def changes_s(self) -> Values:
        """Return the times at which the expression changes."""
        return np.asarray(self.times_s[1:][self.truth[1:] != self.truth[:-1]], np.float64)


def shown_faces(faces: VotedFaces, pipeline: Pipeline, card: WeightCard) -> tuple[Shown, list[ImageArray]]:
    """Return the faces that the pipeline finds as trembling crops, for its network and for that of ``card``."""
    estimator = pipeline.measure._estimator
    if estimator is None:
        raise ValueError("The pipeline was opened without the expression network.")
    points = five_points(faces.images, pipeline)
    found = [row for row, five in enumerate(points) if five is not None]
    own = [_trembling(faces.images[row], points[row], estimator.card, row) for row in found]
    others = [_trembling(faces.images[row], points[row], card, row) for row in found]
    probabilities = np.stack([estimator(list(crops)) for crops in own]).astype(np.float64)
    return Shown(own, np.array(faces.labels)[found], probabilities), others


def five_points(images: Sequence[ImageArray], pipeline: Pipeline) -> list[FloatArray | None]:
    """Return the five points (5, 2) of the surest face of each picture; None where there is none."""
    mesher = FaceMesher(asset_path("weights/face_landmark.tflite"))
    found: list[FloatArray | None] = []
    for image in images:
        faces = pipeline.detect(image)
        mesh = mesher([(image, faces[0].bbox_xyxy, faces[0].landmarks)])[0] if faces else None
        found.append(mesh.five_points if mesh and mesh.presence >= MIN_PRESENCE else None)
    return found


def acted(shown: Shown, kind: Kind) -> list[Acted]:
    """Return ``SEQUENCES`` of ``STATES`` states each; neighbours differ."""
    random = np.random.default_rng(SEED)
    return [_sequence(shown, kind, random) for _ in range(SEQUENCES)]


def _sequence(shown: Shown, kind: Kind, random: np.random.Generator) -> Acted:
    truth, rows = [], []
    label = ""
    for _ in range(STATES):
        label = str(random.choice([other for other in np.unique(shown.labels) if other != label]))
        seconds = int(random.integers(SHORTEST_S, LONGEST_S + 1))
        faces = random.choice(np.flatnonzero(shown.labels == label), seconds if kind == "many" else 1)
        truth += [label] * seconds
        rows.append(np.resize(faces, seconds))
    row = np.concatenate(rows)
    moments = random.integers(0, shown.probabilities.shape[1], len(row))
    return Acted(np.arange(len(row), dtype=np.float64), shown.probabilities[row, moments], np.array(truth))


def _trembling(image: ImageArray, points: FloatArray | None, card: WeightCard, seed: int) -> ImageArray:
    if points is None:
        raise ValueError("A face without points cannot be aligned.")
    crop = align(image, points, template=np.array(card.template, np.float32), size=card.input_size)
    return trembling(crop, card.input_size, np.random.default_rng(seed))
