"""Who is trained on and who is held out: every split is by person, or by the data set's own split."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence

import cv2
import numpy as np
import numpy.typing as npt

from inference.vision.types import FloatArray

TRAIN, VALIDATION, TEST = "train", "validation", "test"
StrArray = npt.NDArray[np.str_]


def split_people(people: Sequence[str], *, validation: float, test: float) -> StrArray:
    """Return the split of each entry of ``people`` (n,): the same person always gets the same one.

    ``validation`` and ``test`` are shares of the people in 0..1. A hash decides, so adding people moves nobody.
    """
    splits = {person: _split_of(person, validation, test) for person in set(people)}
    return np.array([splits[person] for person in people])


def digests(images: Sequence[npt.NDArray[np.uint8]]) -> StrArray:
    """Return a digest (n,) of each image's pixels, equal for exact duplicates."""
    return np.array([hashlib.sha256(image.tobytes()).hexdigest()[:32] for image in images])


def first_of_each(keys: StrArray) -> npt.NDArray[np.bool_]:
    """Mark the first of each group of equal ``keys`` (n,)."""
    mask = np.zeros(len(keys), bool)
    mask[np.unique(keys, return_index=True)[1]] = True
    return mask


def signatures_of(images: Sequence[npt.NDArray[np.uint8]], *, side_px: int = 16) -> FloatArray:
    """Return unit vectors (n, side_px**2), so that a dot product is the correlation of two shrunken images."""
    small = [cv2.resize(image, (side_px, side_px), interpolation=cv2.INTER_AREA).ravel() for image in images]
    vectors = np.asarray(small, np.float32)
    vectors -= vectors.mean(axis=1, keepdims=True)
    return np.asarray(vectors / (np.linalg.norm(vectors, axis=1, keepdims=True) + 1e-6), np.float32)


def nearest(queries: FloatArray, targets: FloatArray) -> tuple[npt.NDArray[np.intp], FloatArray]:
    """Return for each of ``queries`` the row of the most similar target and the similarity, both (n,)."""
    best = [(int(row.argmax()), float(row.max())) for row in _similarity_rows(queries, targets)]
    return np.array([index for index, _ in best], np.intp), np.array([value for _, value in best], np.float32)


def _similarity_rows(queries: FloatArray, targets: FloatArray) -> Iterator[FloatArray]:
    for start in range(0, len(queries), 2048):
        yield from queries[start : start + 2048] @ targets.T


def _split_of(person: str, validation: float, test: float) -> str:
    share = int(hashlib.sha256(person.encode()).hexdigest()[:8], 16) / 0xFFFFFFFF
    if share < test:
        return TEST
    return VALIDATION if share < test + validation else TRAIN
