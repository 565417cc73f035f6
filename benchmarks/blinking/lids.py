"""A portrait with its eyes closed by any share: a lid of the skin around it, edged by lashes, slides over each eye."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from inference.vision.types import FloatArray, ImageArray

# The mesh's points along both lids and the brow above, from the image's left to its right.
UPPER_LIDS = ((33, 246, 161, 160, 159, 158, 157, 173, 133), (362, 398, 384, 385, 386, 387, 388, 466, 263))
LOWER_LIDS = ((33, 7, 163, 144, 145, 153, 154, 155, 133), (362, 382, 381, 380, 374, 373, 390, 249, 263))
BROWS = ((70, 63, 105, 66, 107), (336, 296, 334, 293, 300))
# Portraits are small: lids are drawn this many times larger.
ZOOM = 3
# How far up to the brow the lid's skin is drawn, and how far below the lower lid an eye is over (share of its height).
CREASE, BELOW = 0.3, 0.3
# Lashes: their thickness as a share of the eye's width, and how dark they are against the darkest of the eye.
LASHES, LASH_STRENGTH = 0.05, 0.7
DARK_PERCENT, STEPS = 8, 24

Curve = npt.NDArray[np.float32]
Weights = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class _Eye:
    """The curves of one eye, each (STEPS, 2) px from corner to corner: the lid's crease, both lids, the eye's end."""

    crease: Curve
    upper: Curve
    lower: Curve
    end: Curve

    @property
    def width_px(self) -> float:
        return float(np.linalg.norm(self.upper[-1] - self.upper[0]))


def with_closed_eyes(portrait: ImageArray, mesh: FloatArray, shares: list[float]) -> list[ImageArray]:
    """Return the portrait (h, w, 3), three times as large, with lids that cover each of ``shares`` 0..1 of its eyes.

    ``mesh`` (468, 2 or 3) px is the portrait's.
    """
    large = np.asarray(cv2.resize(portrait, None, fx=ZOOM, fy=ZOOM, interpolation=cv2.INTER_CUBIC), np.uint8)
    eyes = [_eye(mesh[:, :2] * ZOOM, *lines) for lines in zip(UPPER_LIDS, LOWER_LIDS, BROWS, strict=True)]
    skin = _skin(large, eyes)
    return [_closed(large, skin, eyes, share) if share > 0 else large for share in shares]


def _eye(points: FloatArray, upper: tuple[int, ...], lower: tuple[int, ...], brow: tuple[int, ...]) -> _Eye:
    top, floor = points[list(upper)], points[list(lower)]
    across = np.linspace(top[0, 0], top[-1, 0], STEPS)
    lid, bottom, over = (_height(line, across) for line in (top, floor, points[list(brow)]))
    opening = np.maximum(bottom - lid, 0)
    crease = lid - CREASE * (lid - over).clip(0) * np.sin(np.linspace(0, np.pi, STEPS)) ** 0.5
    curves = (np.stack([across, height], axis=1) for height in (crease, lid, bottom, bottom + BELOW * opening))
    return _Eye(*(np.asarray(curve, np.float32) for curve in curves))


def _skin(image: ImageArray, eyes: list[_Eye]) -> ImageArray:
    """Return the picture without eyes: what surrounds them is carried on over them."""
    mask = np.zeros(image.shape[:2], np.uint8)
    for eye in eyes:
        cv2.fillPoly(mask, [_outline(eye.crease, eye.end)], 255)
    mask = np.asarray(cv2.dilate(mask, np.ones((ZOOM, ZOOM), np.uint8)), np.uint8)
    filled = cv2.inpaint(image, mask, 3 * ZOOM, cv2.INPAINT_TELEA)
    return np.asarray(cv2.GaussianBlur(filled, (0, 0), ZOOM), np.uint8)


def _closed(image: ImageArray, skin: ImageArray, eyes: list[_Eye], share: float) -> ImageArray:
    drawn = image.astype(np.float32)
    for eye in eyes:
        edge = np.asarray(eye.upper + share * (eye.end - eye.upper), np.float32)
        lid, over_eye = _cover(image, eye.crease, edge), _cover(image, eye.upper, edge)
        drawn += np.maximum(lid * share, over_eye)[:, :, None] * (skin - drawn)
        drawn += LASH_STRENGTH * _line(image, edge, eye.width_px)[:, :, None] * (_dark(image, eye) - drawn)
    return np.asarray(drawn.round().clip(0, 255), np.uint8)


def _dark(image: ImageArray, eye: _Eye) -> npt.NDArray[np.float64]:
    inside = _cover(image, eye.upper, eye.lower) > 0.5
    colours = image[inside] if inside.any() else image.reshape(-1, 3)
    return np.percentile(colours, DARK_PERCENT, axis=0)


def _cover(image: ImageArray, top: Curve, bottom: Curve) -> Weights:
    """Return (h, w) 1 between two curves, with a soft edge."""
    mask = np.zeros(image.shape[:2], np.float32)
    cv2.fillPoly(mask, [_outline(top, bottom)], 1.0)
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), ZOOM / 3), np.float32)


def _line(image: ImageArray, curve: Curve, width_px: float) -> Weights:
    mask = np.zeros(image.shape[:2], np.float32)
    points = [np.round(curve).astype(np.int32)]
    cv2.polylines(mask, points, isClosed=False, color=1.0, thickness=max(round(LASHES * width_px), 1))
    return np.asarray(cv2.GaussianBlur(mask, (0, 0), ZOOM / 2), np.float32)


def _outline(top: Curve, bottom: Curve) -> npt.NDArray[np.int32]:
    return np.round(np.concatenate([top, bottom[::-1]])).astype(np.int32)


def _height(line: FloatArray, across: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    order = np.argsort(line[:, 0])
    return np.asarray(np.interp(across, line[order, 0], line[order, 1]), np.float64)
