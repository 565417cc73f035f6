"""Labelled pictures as the training loop takes them, whatever set they came from."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inference.vision.training.metrics import IntArray
from inference.vision.training.protocols import TEST, TRAIN, VALIDATION, StrArray, digests
from inference.vision.types import FloatArray, ImageArray


@dataclass(frozen=True, slots=True)
class Samples:
    """n pictures, what they show, who is on them and what they may be used for.

    ``images`` is (n, h, w) gray or (n, h, w, 3) BGR, any margin included; ``labels`` (n, classes) is soft and its rows
    sum to 1; ``truth`` (n,) is the class that an evaluation counts, -1 where none is; ``names`` are the classes'.
    """

    images: ImageArray
    labels: FloatArray
    truth: IntArray
    people: StrArray
    splits: StrArray
    sources: StrArray
    names: tuple[str, ...]

    def where(self, mask: npt.NDArray[np.bool_]) -> Samples:
        """Return the pictures that ``mask`` (n,) marks."""
        return Samples(
            self.images[mask],
            self.labels[mask],
            self.truth[mask],
            self.people[mask],
            self.splits[mask],
            self.sources[mask],
            self.names,
        )

    def counted(self, split: str) -> Samples:
        """Return the pictures of ``split`` that have a class."""
        return self.where((self.splits == split) & (self.truth >= 0))

    def everyone(self) -> StrArray:
        """Return who is on each picture (n,), told apart across sets."""
        return np.asarray(np.char.add(np.char.add(self.sources, "/"), self.people))


def without_copies(samples: Samples) -> Samples:
    """Drop what is pixel by pixel a test picture, or a validation picture, from the splits before it."""
    keys = digests(list(samples.images))
    in_test, in_validation = (np.isin(keys, keys[samples.splits == split]) for split in (TEST, VALIDATION))
    is_copy = np.select([samples.splits == TRAIN, samples.splits == VALIDATION], [in_test | in_validation, in_test])
    return samples.where(~is_copy.astype(bool))


def data_hash(samples: Samples) -> str:
    """Return a digest of images, labels and splits."""
    digest = hashlib.sha256(samples.images.tobytes())
    digest.update(np.ascontiguousarray(samples.labels.round(4)).tobytes())
    digest.update(",".join(samples.splits.tolist()).encode())
    return digest.hexdigest()
