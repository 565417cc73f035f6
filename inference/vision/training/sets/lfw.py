"""Faces to learn an embedding from, without anyone of LFW's View 2: the rest of LFW, and faces of other sets.

``labels`` (n, 128) are the teacher's unit embeddings instead of classes, ``truth`` numbers the people of whom there
are at least two photos to train on, ``names`` are these people. Those of the rest of LFW with several photos are all
for validation, with a tenth of the others: only they make pairs like the test's.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from inference.vision.training.face_photos import Photos, blend_pairs, blended, lfw_names, lfw_photos, other_photos
from inference.vision.training.face_teacher import load_teacher
from inference.vision.training.lfw_pairs import VIEW_2, person_of, read_pairs
from inference.vision.training.metrics import IntArray
from inference.vision.training.protocols import TEST, TRAIN, VALIDATION, StrArray, split_people
from inference.vision.training.recipe import Recipe
from inference.vision.training.samples import Samples
from inference.vision.types import FloatArray, Hook, ImageArray

OTHERS = {"fer": 24_000, "ckplus": 1_000, "yawn": 600}  # at most so many photos of each: the teacher takes its time
BLENDS, SEED = 20_000, 20240


def load(data: Path, cache: Path, recipe: Recipe, hook: Hook) -> Samples:
    """Return the faces of all sets and 20,000 blends of two LFW training faces; ``cache`` keeps the teacher's work."""
    sets = [rest_of_lfw(data, cache.parent, hook), *(_other(name, data, cache.parent, hook) for name in OTHERS)]
    parts = [_samples(photos, splits_of(photos), recipe, data, cache, hook) for photos in sets]
    parts.append(_blends(sets[0], parts[0], data, cache, hook))
    people, splits, sources = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("people", "splits", "sources")
    )
    truth, names = identities(np.asarray(np.char.add(np.char.add(sources, "/"), people)), splits)
    images, labels = np.concatenate([part.images for part in parts]), np.concatenate([part.labels for part in parts])
    return Samples(images, labels, truth, people, splits, sources, names)


def rest_of_lfw(data: Path, runs: Path, hook: Hook) -> Photos:
    """Return the 1,549 photos of LFW whose people are in no pair of View 2."""
    held_out = read_pairs(data, VIEW_2).people
    wanted = [name for name in lfw_names(data) if person_of(name) not in held_out]
    return lfw_photos(wanted, data, runs, hook)


def _other(name: str, data: Path, runs: Path, hook: Hook) -> Photos:
    return other_photos(name, data, runs, without=TEST, at_most=OTHERS[name], seed=SEED, hook=hook)


def splits_of(photos: Photos) -> StrArray:
    """Return the split (n,) of each photo: validation only from LFW, see above."""
    if photos.source != "lfw":
        return np.full(len(photos.people), TRAIN)
    _, index, counts = np.unique(photos.people, return_inverse=True, return_counts=True)
    tenth = split_people(list(photos.people), validation=0.1, test=0.0)
    return np.where(counts[index] > 1, VALIDATION, tenth)


def identities(people: StrArray, splits: StrArray) -> tuple[IntArray, tuple[str, ...]]:
    """Return the number (n,) of each training photo's person, -1 where it is the only photo, and the people."""
    known, counts = np.unique(people[splits == TRAIN], return_counts=True)
    known = known[counts > 1]
    place = np.searchsorted(known, people).clip(0, max(len(known) - 1, 0))
    is_known = (splits == TRAIN) & (known[place] == people) if len(known) else np.zeros(len(people), bool)
    return np.where(is_known, place, -1).astype(np.int64), tuple(known.tolist())


def teacher_targets(name: str, crops: Callable[[], ImageArray], data: Path, cache: Path, hook: Hook) -> FloatArray:
    """Return the teacher's unit embeddings (n, 128) of ``crops()``, from ``cache`` where an earlier call left them."""
    path = cache / f"teacher-{name}.npy"
    if not path.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        np.save(path, load_teacher(data).embed(crops(), hook))
    return np.asarray(np.load(path), np.float32)


def _samples(photos: Photos, splits: StrArray, recipe: Recipe, data: Path, cache: Path, hook: Hook) -> Samples:
    targets = teacher_targets(photos.source, photos.teacher_crops, data, cache, hook)
    images, sources = photos.crops(recipe.input), np.full(len(splits), photos.source)
    if len(targets) != len(images):
        raise ValueError(f"{cache}/teacher-{photos.source}.npy belongs to other images: delete it and start again.")
    return Samples(images, targets, np.full(len(splits), -1), photos.people, splits, sources, ())


def _blends(photos: Photos, faces: Samples, data: Path, cache: Path, hook: Hook) -> Samples:
    pairs, shares = blend_pairs(np.flatnonzero(faces.splits == TRAIN), BLENDS, SEED)
    targets = teacher_targets("blends", lambda: blended(photos.teacher_crops(), pairs, shares), data, cache, hook)
    people, splits = np.arange(BLENDS).astype(str), np.full(BLENDS, TRAIN)
    sources = np.full(BLENDS, "blends")
    return Samples(blended(faces.images, pairs, shares), targets, np.full(BLENDS, -1), people, splits, sources, ())
