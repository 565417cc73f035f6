"""The two prepared pictures of a face as two channels, and their augmentation."""

from __future__ import annotations

import cv2
import numpy as np
from torch import Generator, Tensor

from inference.vision.families.common import centre_crop as plain
from inference.vision.families.common import covered, moved
from inference.vision.features.preprocessing import edge_enhancement, weighted_equalisation
from inference.vision.types import ImageArray

__all__ = ["augment", "plain", "prepare"]

TURN_DEG, SHIFT_SHARE, COVERED_SHARE = 8.0, 0.05, 0.15
SCALE = (0.9, 1.1)


def prepare(images: ImageArray, size_px: int) -> ImageArray:
    """Return (n, 2, h, w): weighted equalisation and edge enhancement of gray or BGR ``images`` (n, h, w[, 3]).

    Pictures smaller than ``size_px``, such as FER2013's, are enlarged to it; a margin of larger ones stays.
    """
    return np.stack([_both(image, size_px) for image in images])


def augment(faces: Tensor, size_px: int, generator: Generator) -> Tensor:
    """Return changed crops (n, 2, size_px, size_px) of ``faces`` (n, 2, h, w) in 0..1; both channels move alike.

    Light and contrast are not changed: that is what the preparation takes away.
    """
    crops = moved(faces, size_px, generator, turn_deg=TURN_DEG, scale=SCALE, shift_px=SHIFT_SHARE * size_px)
    return covered(crops, generator, share=COVERED_SHARE).clamp(0, 1)


def _both(image: ImageArray, size_px: int) -> ImageArray:
    gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) if image.ndim == 3 else image
    if min(gray.shape) < size_px:
        gray = cv2.resize(gray, (size_px, size_px), interpolation=cv2.INTER_CUBIC)
    face = np.asarray(gray, np.uint8)
    return np.stack([weighted_equalisation(face), edge_enhancement(face)])
