"""Faces in whole frames by two networks, each where it is good: CenterFace for large ones, our own for small ones.

CenterFace at 640 x 360 finds what is large, also faces that are covered or bent, in real rooms. Our own
(``families/face_detector``), made for galleries, finds the small faces that are lost at that size. Together they cost
what CenterFace alone costs at 960 x 540.
"""

from __future__ import annotations

import math
from functools import lru_cache, partial
from typing import Any, cast

import cv2
import numpy as np
from safetensors.torch import load_file

from inference.vision.families.face_detector.decode import decode
from inference.vision.families.face_detector.network import FaceDetectorNetwork
from inference.vision.runtime import Network, export_frames, load_frames
from inference.vision.stages.detect import FaceDetector
from inference.vision.types import Detection, FloatArray, ImageArray
from inference.vision.weights import WeightCard, asset_path, card_path, load_card, verify

FAMILY = "face_detector"
MIN_SCORE = 0.6
LARGE, LARGE_MIN_SCORE, LARGE_AREA_PX = "weights/centerface.onnx", 0.4, 640 * 360
MAX_HEIGHT_PX = 150.0
"""The height of faces, in pixels of what it sees, up to which our own network is trusted."""
MAX_SHARED = 0.5
MIN_SIDE_PX = 10.0
SIZE_STEP_PX = 16
MAX_AREA_PX = 1280 * 720
MAX_SHAPES = 4


class GalleryFaceDetector:
    """Finds faces; those of our own network have at least ``min_score``. Networks of the last sizes stay compiled."""

    def __init__(self, card: WeightCard | None = None, *, min_score: float = MIN_SCORE) -> None:
        self.card = card or verify(load_card(card_path(FAMILY)))
        self._min_score = min_score
        self._large = FaceDetector(asset_path(LARGE), min_score=LARGE_MIN_SCORE, max_area_px=LARGE_AREA_PX)
        network = FaceDetectorNetwork(**self.card.network)
        network.load_state_dict(load_file(self.card.path))
        self._network = lru_cache(MAX_SHAPES)(partial(_compiled, export_frames(network), self.card.engine_precision))

    def __call__(self, image_bgr: ImageArray) -> list[Detection]:
        """Return the faces of one frame in its own pixels: those of CenterFace, then those that it did not find."""
        large, small = self._large(image_bgr), self._small(image_bgr)
        faces = [*large, *small]
        if not faces:
            return []
        # Where both found a face, CenterFace's box and landmarks are the steadier ones.
        ranks = np.array([face.score + (i < len(large)) for i, face in enumerate(faces)], np.float32)
        return [faces[i] for i in distinct(np.stack([face.bbox_xyxy for face in faces]), ranks)]

    def _small(self, image_bgr: ImageArray) -> list[Detection]:
        """Return what our own network finds, in the frame's pixels."""
        height, width = image_bgr.shape[:2]
        scale = min(1.0, math.sqrt(MAX_AREA_PX / (width * height)))
        picture = padded(image_bgr, scale)
        cells = self._network(*picture.shape[:2])(picture[None])[0][0]
        boxes, points, scores = decode(cells, min_score=self._min_score)
        edges = np.array([width, height, width, height], np.float32)
        found = [
            Detection(np.clip(box / np.float32(scale), 0, edges), face_points / np.float32(scale), float(score))
            for box, face_points, score in zip(boxes, points, scores, strict=True)
            if box[3] - box[1] <= MAX_HEIGHT_PX
        ]
        return [face for face in found if min(face.bbox_xyxy[2:] - face.bbox_xyxy[:2]) >= MIN_SIDE_PX]


def padded(image_bgr: ImageArray, scale: float) -> ImageArray:
    """Return the frame at ``scale``, filled up with black to whole steps."""
    if scale < 1:
        method = cv2.INTER_AREA if scale <= 0.5 else cv2.INTER_LINEAR
        image_bgr = cast("ImageArray", cv2.resize(image_bgr, None, fx=scale, fy=scale, interpolation=method))
    height, width = image_bgr.shape[:2]
    below, right = -height % SIZE_STEP_PX, -width % SIZE_STEP_PX
    if not below and not right:
        return np.ascontiguousarray(image_bgr)
    return cast("ImageArray", cv2.copyMakeBorder(image_bgr, 0, below, 0, right, cv2.BORDER_CONSTANT))


def distinct(boxes: FloatArray, scores: FloatArray) -> list[int]:
    """Return the indices of the best boxes, best first, none of which shares much with a better one.

    What two boxes share is counted against the smaller one, so that a part of a face is no face beside the whole.
    """
    order, kept = np.argsort(-scores, kind="stable"), list[int]()
    while len(order):
        best, order = int(order[0]), order[1:]
        kept.append(best)
        order = order[shared(boxes[best], boxes[order]) <= MAX_SHARED]
    return kept


def shared(box: FloatArray, boxes: FloatArray) -> FloatArray:
    """Return the intersection (n,) of ``box`` (4,) with each of ``boxes`` (n, 4), over the smaller of the two."""
    inner = np.clip(np.minimum(box[2:], boxes[:, 2:]) - np.maximum(box[:2], boxes[:, :2]), 0, None).prod(axis=1)
    smaller = np.minimum((box[2:] - box[:2]).prod(), (boxes[:, 2:] - boxes[:, :2]).prod(axis=1))
    return np.asarray(inner / np.maximum(smaller, 1e-9), np.float32)


def _compiled(model: Any, precision: str, height: int, width: int) -> Network:
    return load_frames(model, size=(height, width), precision=precision)
