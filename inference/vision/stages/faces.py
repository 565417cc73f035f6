"""Faces in whole frames by our own network, made for galleries: ``families/face_detector``.

A frame is searched twice: as it is, for faces of up to about 160 px, and at a quarter of its size for larger ones.
CenterFace judges the few of which the network is not sure, each in a small window in which it is sure itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache, partial
from typing import Any, cast

import cv2
import numpy as np
from safetensors.torch import load_file

from inference.vision.families.face_detector.decode import decode
from inference.vision.families.face_detector.network import FaceDetectorNetwork
from inference.vision.runtime import Network, export_frames, load_frames
from inference.vision.stages.detect import FaceDetector, overlaps
from inference.vision.types import Detection, FloatArray, ImageArray
from inference.vision.weights import WeightCard, asset_path, card_path, load_card, verify

FAMILY = "face_detector"
MIN_SCORE = 0.6
UNSURE_SCORE, MOST_ASKED = 0.1, 24
JUDGE, JUDGE_MIN_SCORE, JUDGE_OVERLAP = "weights/centerface.onnx", 0.4, 0.35
WINDOW_PX, WINDOW_SHARE = 96, 0.5
"""What the judge is shown: a square in which the face has that share of the height."""
MAX_SHARED = 0.5
MIN_SIDE_PX = 10.0
SIZE_STEP_PX = 16
MAX_AREA_PX = 1280 * 720
MAX_SHAPES = 8  # two a frame size
LOOKS = ((1.0, 0.0, 150.0), (0.25, 18.0, math.inf))
"""Each look's scale, and the heights of faces, in pixels of what it sees, that it is trusted with."""
Found = tuple[FloatArray, FloatArray, FloatArray]
"""Boxes (n, 4), points (n, 5, 2) and scores (n,)."""


class GalleryFaceDetector:
    """Finds faces of at least ``min_score``, and those of ``UNSURE_SCORE`` that the judge confirms.

    The networks of the last frame sizes stay compiled.
    """

    def __init__(self, card: WeightCard | None = None, *, min_score: float = MIN_SCORE) -> None:
        self.card = card or verify(load_card(card_path(FAMILY)))
        self._min_score = min_score
        self._judge = FaceDetector(asset_path(JUDGE), min_score=JUDGE_MIN_SCORE)
        network = FaceDetectorNetwork(**self.card.network)
        network.load_state_dict(load_file(self.card.path))
        self._network = lru_cache(MAX_SHAPES)(partial(_compiled, export_frames(network), self.card.engine_precision))

    def __call__(self, image_bgr: ImageArray) -> list[Detection]:
        """Return the faces of one frame, best first, in its own pixels."""
        height, width = image_bgr.shape[:2]
        whole = min(1.0, math.sqrt(MAX_AREA_PX / (width * height)))
        found = [self._search(image_bgr, whole * scale, heights_px) for scale, *heights_px in LOOKS]
        boxes, points, scores = (np.concatenate(column) for column in zip(*found, strict=True))
        edges = np.array([width, height, width, height], np.float32)
        faces = [Detection(np.clip(boxes[i], 0, edges), points[i], float(scores[i])) for i in distinct(boxes, scores)]
        tall = [face for face in faces if min(face.bbox_xyxy[2:] - face.bbox_xyxy[:2]) >= MIN_SIDE_PX]
        unsure = [face for face in tall if face.score < self._min_score][:MOST_ASKED]
        return [
            *(face for face in tall if face.score >= self._min_score),
            *(face for face in unsure if self._is_confirmed(image_bgr, face.bbox_xyxy)),
        ]

    def _is_confirmed(self, image_bgr: ImageArray, box: FloatArray) -> bool:
        """Say whether the judge finds a face in about the same ``box`` (4,)."""
        scale = WINDOW_PX * WINDOW_SHARE / max(float(box[3] - box[1]), 1.0)
        corner = np.asarray((box[:2] + box[2:]) / 2 * scale - WINDOW_PX / 2, np.float32)
        faces = self._judge(window(image_bgr, scale, corner))
        found = np.array([face.bbox_xyxy for face in faces], np.float32).reshape(-1, 4)
        own = (box * scale - np.tile(corner, 2))[None].astype(np.float32)
        return bool(overlaps(own, found).max(initial=0) >= JUDGE_OVERLAP)

    def _search(self, image_bgr: ImageArray, scale: float, heights_px: Sequence[float]) -> Found:
        """Return what one look at ``scale`` finds, in the frame's pixels."""
        picture = padded(image_bgr, scale)
        cells = self._network(*picture.shape[:2])(picture[None])[0][0]
        boxes, points, scores = decode(cells, min_score=min(UNSURE_SCORE, self._min_score))
        height_px = boxes[:, 3] - boxes[:, 1]
        kept = (height_px >= heights_px[0]) & (height_px <= heights_px[1])
        return boxes[kept] / np.float32(scale), points[kept] / np.float32(scale), scores[kept]


def window(image_bgr: ImageArray, scale: float, corner: FloatArray) -> ImageArray:
    """Return the square of the frame at ``scale`` whose upper left ``corner`` (2,) lies there, black outside."""
    side = round(WINDOW_PX / scale)
    left, top = (round(float(edge) / scale) for edge in corner)
    height, width = image_bgr.shape[:2]
    part = image_bgr[max(top, 0) : min(top + side, height), max(left, 0) : min(left + side, width)]
    piece = np.zeros((side, side, 3), np.uint8)
    y, x = max(-top, 0), max(-left, 0)
    piece[y : y + part.shape[0], x : x + part.shape[1]] = part
    method = cv2.INTER_AREA if side > WINDOW_PX else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(piece, (WINDOW_PX, WINDOW_PX), interpolation=method), np.uint8)


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
