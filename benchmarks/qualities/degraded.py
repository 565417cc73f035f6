"""Faces made small or blurred by known amounts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from inference.vision.stages.quality import side_px
from inference.vision.types import Detection, FloatArray, ImageArray


@dataclass(frozen=True, slots=True)
class Seen:
    """A picture and the face in it."""

    image: ImageArray
    face: Detection


def shrunk(seen: Seen, side: float) -> Seen:
    """Return the picture so small that the smaller side of the face's box is ``side`` px; never larger than it was."""
    scale = min(side / side_px(seen.face.bbox_xyxy), 1.0)
    size = tuple(max(round(edge * scale), 1) for edge in seen.image.shape[1::-1])
    ratio = np.array([size[0] / seen.image.shape[1], size[1] / seen.image.shape[0]])
    small = cv2.resize(seen.image, size, interpolation=cv2.INTER_AREA)
    return Seen(np.asarray(small, np.uint8), scaled(seen.face, ratio))


def scaled(face: Detection, ratio: FloatArray) -> Detection:
    """Return the face in a picture that is ``ratio`` (2,) times as wide and high."""
    box = (face.bbox_xyxy * np.tile(ratio, 2)).astype(np.float32)
    return replace(face, bbox_xyxy=box, landmarks=(face.landmarks * ratio).astype(np.float32))


def out_of_focus(seen: Seen, share: float) -> Seen:
    """Return the picture blurred by a Gaussian of ``share`` of the face's side."""
    sigma = share * side_px(seen.face.bbox_xyxy)
    if sigma <= 0:
        return seen
    return replace(seen, image=np.asarray(cv2.GaussianBlur(seen.image, (0, 0), sigma), np.uint8))


def moving(seen: Seen, share: float) -> Seen:
    """Return the picture of a face that moves sideways by ``share`` of its side while it is taken."""
    length = max(round(share * side_px(seen.face.bbox_xyxy)), 1)
    kernel = np.full((1, length), 1 / length, np.float32)
    return replace(seen, image=np.asarray(cv2.filter2D(seen.image, -1, kernel), np.uint8))


def shaken(seen: Seen, share: float, random: np.random.Generator) -> Seen:
    """Return the same picture with a box that another detector might have given, ``share`` of its side off."""
    shift = random.normal(0, share * side_px(seen.face.bbox_xyxy), 2)
    box = (seen.face.bbox_xyxy + np.tile(shift, 2)).astype(np.float32)
    return replace(seen, face=replace(seen.face, bbox_xyxy=box))
