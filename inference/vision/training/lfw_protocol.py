"""LFW's protocols, run with any network that turns photos into unit embeddings."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from inference.vision.training.classification import predict
from inference.vision.training.face_photos import Photos, lfw_photos
from inference.vision.training.lfw_pairs import VIEW_2, Pairs, read_pairs
from inference.vision.training.protocols import TEST
from inference.vision.training.recipe import Recipe
from inference.vision.training.samples import Samples
from inference.vision.training.verification import cosines, unit
from inference.vision.types import FloatArray, Hook, silent_hook

ROWS = ("images", "labels", "truth", "people", "splits", "sources")
Embedder = Callable[[Photos], FloatArray]
"""``embed(photos)`` returns unit vectors (n, d)."""


def pair_scores(embed: Embedder, pairs: Pairs, data: Path, runs: Path, hook: Hook = silent_hook) -> FloatArray:
    """Return the cosine (n,) of each of the ``pairs``; every photo is embedded once."""
    photos = lfw_photos({*pairs.left, *pairs.right}, data, runs, hook)
    embeddings = embed(photos)
    left, right = (np.searchsorted(photos.names, names) for names in (pairs.left, pairs.right))
    return cosines(embeddings[left], embeddings[right])


def with_view_2(samples: Samples, recipe: Recipe, data: Path, runs: Path, hook: Hook = silent_hook) -> Samples:
    """Return ``samples``, which hold nobody of View 2, with its photos as their test; ``labels`` of these are zeros."""
    pairs = read_pairs(data, VIEW_2)
    photos = lfw_photos({*pairs.left, *pairs.right}, data, runs, hook)
    tested = as_samples(photos.crops(recipe.input), photos)
    tested = replace(tested, labels=np.zeros((len(tested.truth), samples.labels.shape[1]), np.float32))
    both = {name: (getattr(samples, name), getattr(tested, name)) for name in ROWS}
    joined: dict[str, Any] = {name: np.concatenate(parts) for name, parts in both.items()}
    return replace(samples, **joined)


def network_embedder(network: nn.Module, recipe: Recipe, device: str = "cpu") -> Embedder:
    """Return what embeds photos by ``network``, as ``recipe`` shows them to it."""

    def embed(photos: Photos) -> FloatArray:
        return unit(predict(network, recipe, as_samples(photos.crops(recipe.input), photos), device))

    return embed


def as_samples(crops: np.ndarray[tuple[int, ...], np.dtype[np.uint8]], photos: Photos) -> Samples:
    """Return ``crops`` (n, h, w, 3) of test ``photos`` as samples without labels."""
    count = len(crops)
    nothing, numbers = np.zeros((count, 0), np.float32), np.full(count, -1, np.int64)
    return Samples(crops, nothing, numbers, photos.people, np.full(count, TEST), np.full(count, photos.source), ())
