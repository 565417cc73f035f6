"""Random things before gray faces: shapes of any kind, outline and surface, none of them a mask, hand or phone."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from inference.vision.types import FloatArray, ImageArray

Flags = npt.NDArray[np.bool_]

# Of brows, eyes, nose and mouth: at most this share is covered on a face that counts as bare, at least that on one
# that does not. What lies between is not shown.
BARE_SHARE, COVERED_SHARE = 0.06, 0.25
TRIES = 40
# Brows, eye corners, mouth corners, lower lip and cheeks of the mesh.
INNER_POINTS = (70, 105, 334, 300, 33, 263, 61, 291, 17, 50, 280)
CHEEKS = (50, 280)


def covered(
    face: ImageArray, points: FloatArray, other: ImageArray, random: np.random.Generator, *, is_bare: bool
) -> ImageArray | None:
    """Return the gray ``face`` (s, s) with a thing before it, or only beside its features where ``is_bare``.

    ``points`` (468, 2) lie in it; ``other`` (s, s) is a picture that may lend a surface. None where no shape fits.
    """
    inner = _inside(points[list(INNER_POINTS)], face.shape)
    low, high = (0.0, BARE_SHARE) if is_bare else (COVERED_SHARE, 1.0)
    for _ in range(TRIES):
        shape = _inside(_outline(points, random), face.shape)
        share = (shape & inner).sum() / max(inner.sum(), 1)
        if shape.any() and low <= share <= high:
            return _painted(face, shape, _surface(face, points, other, random), random)
    return None


def _inside(outline: FloatArray, size: tuple[int, ...]) -> Flags:
    drawn = np.zeros(size, np.uint8)
    cv2.fillConvexPoly(drawn, cv2.convexHull(np.round(outline).astype(np.int32)), 1)
    return drawn > 0


def _outline(points: FloatArray, random: np.random.Generator) -> FloatArray:
    """Return an ellipse, a rectangle or a polygon about the face, of any size and turn."""
    side = float(np.ptp(points[:, 0]))
    across, down = random.uniform(0.15, 0.75, 2) * side
    angle = np.linspace(0, 2 * np.pi, 32, endpoint=False)
    shapes = (
        np.column_stack([np.cos(angle) * across, np.sin(angle) * down]),
        np.array([[-across, -down], [across, -down], [across, down], [-across, down]]),
        random.normal(0, 0.8, (6, 2)) * (across, down),
    )
    turn = random.uniform(-0.6, 0.6)
    matrix = np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    middle = points.mean(axis=0) + random.normal(0, 0.3 * side, 2)
    return np.asarray(shapes[random.integers(3)] @ matrix + middle, np.float32)


def _surface(face: ImageArray, points: FloatArray, other: ImageArray, random: np.random.Generator) -> FloatArray:
    """Return (s, s): one gray level, the level of this face's skin, or a piece of another picture, maybe with folds."""
    side = face.shape[0]
    places = np.clip(points[list(CHEEKS)].astype(int), 0, side - 1)
    skin = float(face[places[:, 1], places[:, 0]].mean()) * random.uniform(0.7, 1.15)
    left, top = random.integers(0, side // 2, 2)
    piece = cv2.resize(other[top : top + side // 2, left : left + side // 2], (side, side))
    kinds = (np.full((side, side), random.uniform(10, 245)), np.full((side, side), skin), piece.astype(np.float64))
    grain = random.normal(0, random.uniform(1, 8), (side, side))
    drawn = kinds[random.integers(3)] + grain
    return np.asarray(drawn * _folds(side, random) if random.random() < 0.6 else drawn, np.float32)


def _folds(side: int, random: np.random.Generator) -> FloatArray:
    """Return (s, s) light on stripes of any direction, width and sharpness."""
    angle = random.uniform(0, np.pi)
    down, across = np.mgrid[:side, :side]
    along = (across * np.cos(angle) + down * np.sin(angle)) / random.uniform(1.0, 6.0)
    dark = random.uniform(0.05, 0.4) * (0.5 + 0.5 * np.sin(along)) ** random.integers(1, 6)
    return np.asarray(1 - dark, np.float32)


def _painted(face: ImageArray, shape: Flags, surface: FloatArray, random: np.random.Generator) -> ImageArray:
    alpha = cv2.GaussianBlur(shape.astype(np.float32), (0, 0), random.uniform(0.4, 1.2))
    return np.asarray((surface * alpha + face * (1 - alpha)).round().clip(0, 255), np.uint8)
