"""Faces as unit vectors that lie near each other for one person: the shipped family ``facenet``.

Only for mode ``individual``: in the others nobody loads an embedder, and its weights are never opened.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias, cast

import cv2
import numpy as np

from inference.vision.families import load_network
from inference.vision.families.facenet.decode import to_input
from inference.vision.runtime import Device, Network, in_batches, load_shipped
from inference.vision.stages.align import similarity
from inference.vision.stages.quality import sharpness_quality, size_quality
from inference.vision.types import Detection, FloatArray, ImageArray
from inference.vision.weights import WeightCard

Embed: TypeAlias = Callable[[Sequence[tuple[ImageArray, FloatArray]]], FloatArray]
"""Frames (h, w, 3) with five landmarks (5, 2) in, unit vectors (n, d) out: a ``FaceEmbedder``."""

FAMILY = "facenet"
# Few faces are embedded at a time, so a fixed batch is small.
BATCH = 4


class FaceEmbedder:
    """The network with its card: the mean of a face's embedding and its mirror image's, brought to length 1."""

    def __init__(self, network: Network, card: WeightCard) -> None:
        self._network = network
        self._template = np.array(card.template, np.float32)
        self.card = card

    def __call__(self, faces: Sequence[tuple[ImageArray, FloatArray]]) -> FloatArray:
        """Return unit vectors (n, d) of faces, each a frame (h, w, 3) with the five landmarks (5, 2) in it."""
        if not faces:
            return np.zeros((0, int(self.card.network["dimensions"])), np.float32)
        crops = np.stack([self._aligned(image_bgr, landmarks) for image_bgr, landmarks in faces])
        both = to_input(np.concatenate([crops, crops[:, :, ::-1]]), self.card)
        (vectors,) = in_batches(self._network, both, size=BATCH)
        total = vectors[: len(crops)] + vectors[len(crops) :]
        return np.asarray(total / np.linalg.norm(total, axis=1, keepdims=True), np.float32)

    def _aligned(self, image_bgr: ImageArray, landmarks: FloatArray) -> ImageArray:
        """Return the colour crop in which the landmarks lie on the card's template; averaged first where too large."""
        height, width = self.card.input_size
        matrix = similarity(landmarks, self._template)
        region, corner = _around(image_bgr, landmarks)
        matrix[:, 2] += matrix[:, :2] @ corner
        factor = int(1 / max(float(np.hypot(matrix[0, 0], matrix[1, 0])), 1e-6))
        if factor >= 2 and min(region.shape[:2]) >= factor:
            rows, columns = region.shape[0] // factor, region.shape[1] // factor
            matrix[:, :2] *= np.array([region.shape[1] / columns, region.shape[0] / rows], np.float32)
            region = cast("ImageArray", cv2.resize(region, (columns, rows), interpolation=cv2.INTER_AREA))
        crop = cv2.warpAffine(region, matrix, (width, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
        return cast("ImageArray", crop)


def load_embedder(device: Device) -> FaceEmbedder:
    """Load the shipped embedding onto ``device``.

    Raises:
        WeightsError: the card or the weights are missing, or the weights are not the card's.
    """
    module, card = load_network(FAMILY)
    shape = to_input(np.zeros((1, *card.input_size, 3), np.uint8), card).shape[1:]
    return FaceEmbedder(load_shipped(module, card, input_shape=shape, device=device), card)


def embedding_quality(image_bgr: ImageArray, face: Detection) -> float:
    """Return 0..1: how much an embedding of ``face`` is worth, by its size, its sharpness and how it is turned."""
    left, right, nose = (float(face.landmarks[point, 0]) for point in range(3))
    # Seen from ahead the nose is in the middle between the eyes; at 45 degrees it is before one of them.
    aside = abs(nose - (left + right) / 2) / max(abs(right - left) / 2, 1e-3)
    seen = min(size_quality(face.bbox_xyxy), sharpness_quality(image_bgr, face.bbox_xyxy))
    return seen * float(np.clip(1.5 - aside, 0, 1))


def _around(image_bgr: ImageArray, landmarks: FloatArray) -> tuple[ImageArray, FloatArray]:
    """Return the part of the frame that holds the whole crop, with its corner (2,): x, y."""
    middle = landmarks.mean(axis=0)
    reach = 4 * max(float(np.abs(landmarks - middle).max()), 1.0)
    last = np.array([image_bgr.shape[1] - 1, image_bgr.shape[0] - 1])
    low = np.clip(np.floor(middle - reach), 0, last).astype(int)
    high = np.clip(np.ceil(middle + reach), low + 1, last + 1).astype(int)
    return image_bgr[low[1] : high[1], low[0] : high[0]], low.astype(np.float32)
