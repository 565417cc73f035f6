"""Frames of faces that bow, turn away or lean on hands: the engagement set's people from whom nothing was learned."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np

from benchmarks.galleries.overlays import OFF_GRAY
from benchmarks.galleries.pupils import Pupil, engagement_faces
from benchmarks.galleries.truth import Face, GalleryFrame
from inference.vision.training.protocols import TRAIN
from inference.vision.types import ImageArray

LEVELS = (1, 2, 3)
"""1 disengaged: away, head down; 2 partly; 3 engaged."""
HEIGHTS_PX = (24, 36, 60, 90)
MOST = 60  # a level: its pictures are near copies
COLUMNS, ROWS, TILE = 5, 4, (256, 180)


def bowed_frames(data: Path, level: int, height_px: int) -> Iterator[GalleryFrame]:
    """Yield frames of 1280 x 720 with faces of ``level``, ``height_px`` high, in dark tiles.

    Boxes are CenterFace's on the enlarged picture, in which it finds all but one in 250.
    """
    pupils = [pupil for split, pupil in engagement_faces(data, level) if split != TRAIN]
    chosen = pupils[:: max(len(pupils) // MOST, 1)][:MOST]
    for start in range(0, len(chosen), COLUMNS * ROWS):
        yield _frame(chosen[start : start + COLUMNS * ROWS], height_px, f"level_{level}")


def _frame(pupils: list[Pupil], height_px: int, kind: str) -> GalleryFrame:
    canvas = np.full((ROWS * TILE[1], COLUMNS * TILE[0], 3), OFF_GRAY, np.uint8)
    faces = []
    for tile, pupil in enumerate(pupils):
        picture, scale = _shrunk(pupil, height_px)
        left, top = tile % COLUMNS * TILE[0] + TILE[0] // 6, tile // COLUMNS * TILE[1] + TILE[1] // 12
        picture = picture[: TILE[1] - TILE[1] // 12, : TILE[0] - TILE[0] // 6]
        canvas[top : top + picture.shape[0], left : left + picture.shape[1]] = picture
        corner = np.array([left, top, left, top], np.float32)
        faces.append(Face(pupil.box * np.float32(scale) + corner, "", tile, kind))
    return GalleryFrame(canvas, tuple(faces))


def _shrunk(pupil: Pupil, height_px: int) -> tuple[ImageArray, float]:
    scale = height_px / float(pupil.box[3] - pupil.box[1])
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(pupil.image_bgr, None, fx=scale, fy=scale, interpolation=method), np.uint8), scale
