"""A person cut out of a photo with shoulders below, to be set before any backdrop, as a virtual background does it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import cv2
import numpy as np

from benchmarks.galleries.photos import SIDE_PX, Photo, face_box
from inference.vision.types import FloatArray, ImageArray

MARGIN_PX, BELOW_PX = 80, 140  # beside and below the photo, for shoulders
WIDTH_PX, HEIGHT_PX = SIDE_PX + 2 * MARGIN_PX, SIDE_PX + BELOW_PX
SMALL_PX, ROUNDS = 80, 2  # GrabCut (Rother et al. 2004) at half size: enough for hair and shoulders


@dataclass(frozen=True, slots=True)
class Cutout:
    """A person (300, 320, 3) with opacity (300, 320) in 0..1 and the face's box (4,) in its pixels."""

    person: str
    image_bgr: ImageArray
    alpha: FloatArray
    box: FloatArray
    is_aside: bool


def cut_out(photo: Photo) -> Cutout:
    """Return the person of ``photo``: head by GrabCut, shoulders drawn in the colour of what is worn."""
    alpha = _head(photo.image_bgr)
    image = cv2.copyMakeBorder(photo.image_bgr, 0, BELOW_PX, MARGIN_PX, MARGIN_PX, cv2.BORDER_REPLICATE)
    body = _shoulders(alpha)
    image[SIDE_PX:] = image[:, MARGIN_PX:-MARGIN_PX][SIDE_PX - 6 : SIDE_PX].mean(axis=(0, 1))
    image[:SIDE_PX, :MARGIN_PX] = image[:SIDE_PX, -MARGIN_PX:] = image[-1, 0]
    whole = np.zeros((HEIGHT_PX, WIDTH_PX), np.float32)
    whole[:SIDE_PX, MARGIN_PX:-MARGIN_PX] = alpha
    shift = np.array([MARGIN_PX, 0, MARGIN_PX, 0], np.float32)
    alpha = np.asarray(cv2.GaussianBlur(np.maximum(whole, body), (0, 0), 1.5), np.float32)
    return Cutout(photo.person, cast("ImageArray", image), alpha, face_box() + shift, photo.is_aside)


def _head(image_bgr: ImageArray) -> FloatArray:
    """Return the opacity (160, 160) of head and neck."""
    small = cv2.resize(image_bgr, (SMALL_PX, SMALL_PX), interpolation=cv2.INTER_AREA)
    mask = np.full((SMALL_PX, SMALL_PX), cv2.GC_BGD, np.uint8)
    cv2.ellipse(mask, (40, 40), (33, 44), 0, 0, 360, cv2.GC_PR_BGD, -1)
    cv2.rectangle(mask, (4, 70), (76, 80), cv2.GC_PR_FGD, -1)
    cv2.ellipse(mask, (40, 40), (25, 36), 0, 0, 360, cv2.GC_PR_FGD, -1)
    cv2.ellipse(mask, (40, 43), (20, 29), 0, 0, 360, cv2.GC_FGD, -1)
    cv2.setRNGSeed(0)
    cv2.grabCut(small, mask, (0, 0, 0, 0), np.zeros((1, 65)), np.zeros((1, 65)), ROUNDS, cv2.GC_INIT_WITH_MASK)
    is_person = np.isin(mask, (cv2.GC_FGD, cv2.GC_PR_FGD)).astype(np.float32)
    return np.asarray(cv2.resize(is_person, (SIDE_PX, SIDE_PX), interpolation=cv2.INTER_LINEAR), np.float32)


def _shoulders(head: FloatArray) -> FloatArray:
    """Return the opacity (300, 320) of a body below the photo: as wide at its top as the person is there."""
    body = np.zeros((HEIGHT_PX, WIDTH_PX), np.float32)
    columns = np.flatnonzero(head[-4:].max(axis=0) > 0.5)
    left, right = (int(columns[0]), int(columns[-1])) if len(columns) else (60, 100)
    left, right = MARGIN_PX + min(left, 50), MARGIN_PX + max(right, 110)
    corners = [(left, SIDE_PX - 1), (right, SIDE_PX - 1), (300, SIDE_PX + 60), (312, HEIGHT_PX), (8, HEIGHT_PX),
               (20, SIDE_PX + 60)]  # fmt: skip
    cv2.fillPoly(body, [np.array(corners, np.int32)], 1.0)
    return body
