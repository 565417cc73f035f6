"""Folders of face crops, one folder a person, as CASIA-WebFace is passed around: to learn an embedding from.

No teacher is asked, so ``labels`` are zeros and the profile must not want one, as ``paper`` does not. Nobody is in two
splits: a hash of the folder's name gives eight of ten people to the training, one to validation and one to the test.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from inference.vision.training.face_teacher import DIMENSIONS
from inference.vision.training.protocols import TRAIN, VALIDATION, StrArray, split_people
from inference.vision.training.recipe import Recipe
from inference.vision.training.samples import Samples
from inference.vision.training.sets.folders import pictures_below
from inference.vision.training.sets.lfw import identities
from inference.vision.training.sets.pictures import Listed, samples_of, square
from inference.vision.types import Hook, ImageArray

TAUGHT = ("teacher_weight", "relation_weight")
FEWEST = 2  # people with several pictures: pairs of one person, and of two


def load(data: Path, cache: Path, recipe: Recipe, hook: Hook) -> Samples:
    """Return the pictures ``person/file`` below ``data``, BGR.

    Raises:
        DataError: the profile asks a teacher, a split lacks pairs, or a picture is broken or of a wrong size.
    """
    files = [file for file in pictures_below(data) if file.parent != data]
    people = [file.relative_to(data).parts[0] for file in files]
    splits = split_people(people, validation=0.1, test=0.1)
    listed = [Listed(*row) for row in zip(files, people, people, splits.tolist(), strict=True)]
    problems = [*_taught(recipe), *_without_pairs(people, splits)] if files else []
    gray = samples_of(listed, recipe.input, source="people", problems=problems)
    colour = np.stack([_colour(file, gray.images.shape[1]) for file in files])
    labels = np.zeros((len(files), recipe.network.get("dimensions", DIMENSIONS)), np.float32)
    truth, names = identities(gray.people, gray.splits)
    return replace(gray, images=colour, labels=labels, truth=truth, names=names)


def _taught(recipe: Recipe) -> Iterator[str]:
    if any(recipe.loss.get(name) for name in TAUGHT):
        yield f"Profile {recipe.name} learns from a teacher, whom folders of people have not: take --profile paper."


def _without_pairs(people: Sequence[str], splits: StrArray) -> Iterator[str]:
    for split in (TRAIN, VALIDATION):
        _, counts = np.unique(np.array(people)[splits == split], return_counts=True)
        if (counts > 1).sum() < FEWEST:
            yield f"The {split} split has fewer than {FEWEST} people with several pictures: add people."


def _colour(file: Path, side_px: int) -> ImageArray:
    image = cv2.imdecode(np.frombuffer(file.read_bytes(), np.uint8), cv2.IMREAD_COLOR)
    return square(np.asarray(image, np.uint8), side_px)
