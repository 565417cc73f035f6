"""Faces that yawn or do not, cut out as the pipeline does it, with no person in two splits.

The set's own test part holds yawns alone and people of its training part, so the split is made anew: by likeness of
the faces. A few faces of LFW, shrunk to the same size, are more people who do not yawn. They are learned from, never
counted: a network that takes every face of the set for a yawn and LFW's for none would look good by them.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from inference.vision.stages.detect import FaceDetector
from inference.vision.training.datasets import load_lfw, load_yawn
from inference.vision.training.face_teacher import load_teacher
from inference.vision.training.groups import alike_names, likeness
from inference.vision.training.protocols import TRAIN, VALIDATION, StrArray, split_people
from inference.vision.training.recipe import Input, Recipe
from inference.vision.training.samples import Samples
from inference.vision.training.scenes import crops_of
from inference.vision.types import FloatArray, Hook
from inference.vision.weights import asset_path

NAMES = ("no yawn", "yawn")
ALIKE, SAME = 0.45, 0.65  # likeness of people kept in one split; above the latter, pairs are of one person
LFW_LEARNED, LFW_STEP, LFW_PX = (
    120,
    10,
    64,
)  # every tenth picture, shrunk so that its face is as small as those of the scenes


def load(data: Path, cache: Path, recipe: Recipe, hook: Hook) -> Samples:
    """Return all faces that were found; of LFW's, ``LFW_LEARNED`` are learned from, the others have no truth."""
    facts = faces_of(data, cache, recipe.input, hook)
    truth, own = facts["truth"].astype(np.int64), facts["sources"] == "yawn"
    alike, people = likeness(facts["images"][own], facts["who"][own]), facts["names"].astype(object)
    people[own] = alike_names(alike, list(facts["names"][own]), above=ALIKE)
    splits = split_people(list(people), validation=0.2, test=0.3)
    counted = np.where(own | _first(~own & (splits == TRAIN), LFW_LEARNED), truth, -1)
    counted[np.flatnonzero(own)[_seen_elsewhere(alike, splits[own])]] = -1
    labels = np.eye(2, dtype=np.float32)[truth]
    return Samples(facts["images"], labels, counted, people.astype(str), splits, facts["sources"], NAMES)


def _first(mask: npt.NDArray[np.bool_], count: int) -> npt.NDArray[np.bool_]:
    return np.asarray(mask & (np.cumsum(mask) <= count))


def _seen_elsewhere(alike: FloatArray, splits: StrArray) -> npt.NDArray[np.bool_]:
    """Mark faces (n,) of training or validation that, grouped or not, look the SAME as one of a later split."""
    order = np.select([splits == TRAIN, splits == VALIDATION], [0, 1], 2)
    later = order[:, None] < order[None, :]
    return np.asarray(((alike > SAME) & later).any(axis=1))


def faces_of(data: Path, cache: Path, framing: Input, hook: Hook) -> dict[str, Any]:
    """Return images, truth, names, sources and who-vectors of every face, from ``cache`` where they are there."""
    path = cache / f"faces-{framing.size_px}.npz"
    if not path.is_file():
        cache.mkdir(parents=True, exist_ok=True)
        parts = [_yawners(data, framing, hook), _others(data, framing, hook)]
        joined: dict[str, Any] = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
        np.savez(path, **joined)
    return dict(np.load(path))


def _yawners(data: Path, framing: Input, hook: Hook) -> dict[str, Any]:
    source = load_yawn(data)
    return _cut(data, source.name, list(source.images), source.facts["has_yawn"], source.people, framing, hook)


def _others(data: Path, framing: Input, hook: Hook) -> dict[str, Any]:
    source = load_lfw(data)
    small = [cv2.resize(image, (LFW_PX,) * 2, interpolation=cv2.INTER_AREA) for image in source.images[::LFW_STEP]]
    return _cut(data, source.name, small, np.zeros(len(small), np.uint8), source.people[::LFW_STEP], framing, hook)


def _cut(data: Path, source: str, scenes: Any, truth: Any, names: Any, framing: Input, hook: Hook) -> dict[str, Any]:
    found = crops_of(
        scenes,
        detector=FaceDetector(asset_path("weights/centerface.onnx")),
        teacher=load_teacher(data),
        template=framing.template_px + framing.margin_px,
        size_px=framing.size_px + 2 * framing.margin_px,
        hook=hook,
    )
    facts = {"truth": truth[found.rows], "names": names[found.rows], "images": found.images, "who": found.who}
    return facts | {"sources": np.full(len(found.rows), source)}
