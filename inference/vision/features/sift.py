"""SIFT as a bag of visual words: how often each of k typical descriptors occurs in a face (paper 002, section 3.3).

The paper leaves open how keypoints of changing number become a vector. Here each descriptor counts for its nearest
word of a codebook, which must be fitted on training faces only.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np

from inference.vision.types import FloatArray, ImageArray

SIZE_PX = 128  # SIFT finds next to nothing in a face of 48 px
WORDS = 128
STEP_PX, RADIUS_PX = 12, 16
CONTRAST = 0.01  # of cv2's 0.04: faces are smooth


def descriptors(face: ImageArray, *, is_dense: bool = False) -> FloatArray:
    """Return SIFT descriptors (m, 128) of a gray ``face`` (h, w), enlarged to 128 px.

    Detected keypoints are the paper's, and there may be none. Dense ones stand on a grid, so that every face has the
    same number, upright: where a mouth ends matters more than that it may be turned.
    """
    large = cv2.resize(face, (SIZE_PX, SIZE_PX), interpolation=cv2.INTER_CUBIC)
    sift: Any = cv2.SIFT.create(contrastThreshold=CONTRAST)
    found: Any = sift.compute(large, _grid())[1] if is_dense else sift.detectAndCompute(large, None)[1]
    return np.zeros((0, 128), np.float32) if found is None else np.asarray(found, np.float32)


@dataclass(frozen=True, slots=True)
class Codebook:
    """``words`` (k, 128): typical descriptors."""

    words: FloatArray

    def histograms(self, faces: Sequence[FloatArray]) -> FloatArray:
        """Return (n, k): each word's share of the descriptors of each face; zeros where a face has none."""
        return np.stack([self._histogram(found) for found in faces])

    def _histogram(self, found: FloatArray) -> FloatArray:
        counts = np.bincount(_nearest(found, self.words), minlength=len(self.words))
        return np.asarray(counts / max(len(found), 1), np.float32)


def codebook(faces: Sequence[FloatArray], *, words: int = WORDS, seed: int = 0) -> Codebook:
    """Return the ``words`` k-means centres of the descriptors of training ``faces``, each (m, 128).

    Raises:
        ValueError: the faces have fewer descriptors than there shall be words.
    """
    from sklearn.cluster import MiniBatchKMeans

    joined = np.concatenate(list(faces))
    if len(joined) < words:
        raise ValueError(f"{len(joined)} descriptors cannot make {words} words: use more faces or fewer words.")
    means = MiniBatchKMeans(words, random_state=seed, batch_size=2048, n_init=1).fit(joined)
    return Codebook(np.asarray(means.cluster_centers_, np.float32))


def _grid() -> list[cv2.KeyPoint]:
    places = range(STEP_PX // 2, SIZE_PX, STEP_PX)
    return [cv2.KeyPoint(float(x), float(y), float(RADIUS_PX), 0.0) for y in places for x in places]


def _nearest(found: FloatArray, words: FloatArray) -> Any:
    """Return the row of the nearest word for each descriptor; its own length is the same for every word."""
    return (np.square(words).sum(axis=1) - 2 * found @ words.T).argmin(axis=1)
