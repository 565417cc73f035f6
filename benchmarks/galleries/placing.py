"""People set into tiles: where the picture goes, the face's box goes with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, cast

import cv2
import numpy as np
import numpy.typing as npt

from benchmarks.galleries.cutout import Cutout
from inference.vision.types import FloatArray, ImageArray

Matrix: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Placed:
    """A person in a tile (h, w, 3), with opacity (h, w), and the face's box (4,) there."""

    image_bgr: ImageArray
    alpha: FloatArray
    box: FloatArray


@dataclass(frozen=True, slots=True)
class Place:
    """Where a face goes in a tile: its height and its centre in pixels, and how far the head tilts clockwise."""

    height_px: float
    centre: tuple[float, float]
    turn_deg: float = 0.0


def placed(cutout: Cutout, place: Place, size: tuple[int, int]) -> Placed:
    """Return the person in a tile of ``size`` (width, height); made smaller by averaging, as a camera's chip does."""
    scale, matrix, shift = _movement(cutout, place)
    image, alpha = (_down_to_the_edge(_scaled(p, scale), size[1]) for p in (cutout.image_bgr, cutout.alpha))
    moved = cv2.warpAffine(image, matrix, size, borderMode=cv2.BORDER_REPLICATE)
    opacity = cv2.warpAffine(alpha, matrix, size)
    box = _shifted(cutout.box * np.float32(scale), shift)
    return Placed(cast("ImageArray", moved), np.asarray(opacity, np.float32), box)


def placed_points(cutout: Cutout, place: Place, points: FloatArray) -> FloatArray:
    """Return where ``placed`` puts the ``points`` (n, 2) of the cutout's picture."""
    scale, matrix, _ = _movement(cutout, place)
    return np.asarray(points * scale @ matrix[:, :2].T + matrix[:, 2], np.float32)


def before(backdrop: ImageArray, person: Placed) -> ImageArray:
    """Return the person in front of ``backdrop``, which has the tile's size."""
    return over(backdrop, person.image_bgr, person.alpha)


def over(below: ImageArray, above: ImageArray, alpha: FloatArray) -> ImageArray:
    """Return ``above`` laid on ``below`` with opacity ``alpha`` (h, w)."""
    return cast("ImageArray", cv2.blendLinear(above, below, alpha, 1 - alpha))


def filled(image_bgr: ImageArray, box: FloatArray, size: tuple[int, int]) -> tuple[ImageArray, FloatArray]:
    """Return the picture and the face's box cut to the form of ``size`` (width, height), with the face inside."""
    height, width = image_bgr.shape[:2]
    scale = max(size[0] / width, size[1] / height)
    wide, tall = round(size[0] / scale), round(size[1] / scale)
    x, y = (
        int(np.clip((box[i] + box[i + 2]) / 2 - span / 2, 0, whole - span))
        for i, span, whole in ((0, wide, width), (1, tall, height))
    )
    cut = cv2.resize(image_bgr[y : y + tall, x : x + wide], size, interpolation=cv2.INTER_AREA)
    inside = np.clip(box - np.array([x, y, x, y]), 0, np.array([wide, tall, wide, tall])) * scale
    return cast("ImageArray", cut), np.asarray(inside, np.float32)


def _movement(cutout: Cutout, place: Place) -> tuple[float, Matrix, Matrix]:
    """Return the scale, what is then done to the picture (2, 3): a turn and a shift, and the shift (2,) of its box."""
    scale = place.height_px / float(cutout.box[3] - cutout.box[1])
    box = cutout.box * np.float32(scale)
    middle = float(box[0] + box[2]) / 2, float(box[1] + box[3]) / 2
    matrix = np.asarray(cv2.getRotationMatrix2D(middle, -place.turn_deg, 1.0), np.float64)
    shift = np.array([place.centre[0] - middle[0], place.centre[1] - middle[1]])
    matrix[:, 2] += shift
    return scale, matrix, shift


def _scaled(picture: ImageArray | FloatArray, scale: float) -> ImageArray | FloatArray:
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return cast("ImageArray", cv2.resize(picture, None, fx=scale, fy=scale, interpolation=method))


def _down_to_the_edge(picture: ImageArray | FloatArray, rows: int) -> ImageArray | FloatArray:
    """Return the picture with its last row repeated: a body ends at the tile's edge, not above it."""
    return cast("ImageArray", cv2.copyMakeBorder(picture, 0, rows, 0, 0, cv2.BORDER_REPLICATE))


def _shifted(box: FloatArray, shift: Matrix) -> FloatArray:
    return np.asarray(box + np.concatenate([shift, shift]), np.float32)
