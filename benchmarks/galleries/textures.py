"""What is behind people in frames to learn from: pieces of photos without their face, pages, and painted pictures.

None of it stands behind the people of the benchmark, whose backdrops are painted ones of other numbers.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from sklearn.datasets import load_sample_images

from benchmarks.galleries.backdrops import fitted, painted, slide
from benchmarks.galleries.photos import FACE_BOX, SIDE_PX
from inference.vision.types import ImageArray

PAINTED_FROM = 1000  # the benchmark paints lower numbers
PAGES_FROM = 100
HEAD_MARGIN_PX = 4
LEAST_CUT = 0.25


def surroundings(photo_bgr: ImageArray) -> ImageArray:
    """Return what is left and right of the face of an LFW photo (160, 160, 3), side by side, mirrored to 2 x 2."""
    left, right = photo_bgr[:, : int(FACE_BOX[0]) - HEAD_MARGIN_PX], photo_bgr[:, int(FACE_BOX[2]) + HEAD_MARGIN_PX :]
    strip = np.hstack([left, right, right[:, ::-1], left[:, ::-1]])
    return np.asarray(np.vstack([strip, strip[::-1]]), np.uint8)


def turned_away(photo_bgr: ImageArray) -> ImageArray:
    """Return the photo with its face filled in from its rim: a head seen from behind, no face to be found."""
    mask = np.zeros((SIDE_PX, SIDE_PX), np.uint8)
    left, top, right, bottom = (int(edge) for edge in FACE_BOX)
    centre, axes = ((left + right) // 2, (top + bottom) // 2), ((right - left) // 2 + 2, (bottom - top) // 2 + 4)
    cv2.ellipse(mask, centre, axes, 0, 0, 360, 255, -1)
    return np.asarray(cv2.inpaint(photo_bgr, mask, 3, cv2.INPAINT_TELEA), np.uint8)


class Textures:
    """Backdrops of any size, drawn from photos' ``surroundings``, sample photographs, pages and painted pictures."""

    def __init__(self, photos: Sequence[ImageArray]) -> None:
        samples = [np.ascontiguousarray(image[:, :, ::-1]) for image in load_sample_images().images]
        self._pictures = [*map(surroundings, photos), *samples * (len(photos) // 40)]

    def draw(self, size: tuple[int, int], random: np.random.Generator) -> ImageArray:
        """Return one of ``size`` (width, height)."""
        kind = random.random()
        if kind < 0.3:
            return fitted(painted(PAINTED_FROM + int(random.integers(60))), size)
        if kind < 0.35:
            return fitted(slide(PAGES_FROM + int(random.integers(30))), size)
        return fitted(_cut(self._pictures[int(random.integers(len(self._pictures)))], random), size)


class HardTextures(Textures):
    """Backdrops that a young detector takes for faces: letters and signs, hair, collars and necks without a face."""

    def __init__(self, photos: Sequence[ImageArray]) -> None:
        super().__init__(photos)
        self._heads = [turned_away(photo) for photo in photos]

    def draw(self, size: tuple[int, int], random: np.random.Generator) -> ImageArray:
        """Return one of ``size`` (width, height)."""
        if random.random() < 0.5:
            return fitted(_cut(self._heads[int(random.integers(len(self._heads)))], random), size)
        return lettered(super().draw(size, random), random)


def lettered(image_bgr: ImageArray, random: np.random.Generator) -> ImageArray:
    """Return the picture with words, signs and round shapes all over it."""
    image, (height, width) = image_bgr.copy(), image_bgr.shape[:2]
    for _ in range(int(random.integers(3, 14))):
        at = int(random.integers(-20, width)), int(random.integers(0, height))
        colour = tuple(int(value) for value in random.integers(0, 256, 3))
        text = "".join(map(chr, random.integers(33, 127, int(random.integers(1, 12)))))
        scale, weight = float(np.exp(random.uniform(np.log(0.3), np.log(3)))), int(random.integers(1, 7))
        cv2.putText(image, text, at, int(random.integers(8)), scale, colour, weight, cv2.LINE_AA)
        if random.random() < 0.3:
            axes = (int(random.integers(5, 50)), int(random.integers(5, 50)))
            cv2.ellipse(image, at, axes, int(random.integers(180)), 0, 360, colour[::-1], weight - 2, cv2.LINE_AA)
    return image


def _cut(image: ImageArray, random: np.random.Generator) -> ImageArray:
    """Return a piece of random place and size, perhaps mirrored."""
    share = random.uniform(LEAST_CUT, 1.0)
    tall, wide = (max(int(side * share), 8) for side in image.shape[:2])
    top, left = (
        int(random.integers(whole - part + 1)) for whole, part in zip(image.shape[:2], (tall, wide), strict=True)
    )
    piece = image[top : top + tall, left : left + wide]
    return np.ascontiguousarray(piece[:, ::-1] if random.random() < 0.5 else piece)
