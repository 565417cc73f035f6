"""Crops of frames in which the faces have every size alike, changed in light, and the maps the network shall give."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np

from inference.vision.families.face_detector.network import STRIDE_PX
from inference.vision.types import FloatArray, ImageArray

MIN_FACE_PX, MAX_FACE_PX = 12.0, 190.0
"""Heights of faces that are asked for; smaller ones, and the middles of larger ones, are neither right nor wrong."""
WANTED_PX, HUGE_PX, HUGE_SHARE = (14.0, 160.0), (200.0, 500.0), 0.08
SCALES, FREE_SCALES = (0.3, 2.0), (0.25, 1.4)
FREE_SHARE, LEAST_VISIBLE = 0.2, 0.7
SPREAD, LEAST_SPREAD_PX, LEAST_HEAT, FAINT_HEAT = 0.15, 4.0, 0.3, 0.02
MIRRORED = [1, 0, 2, 4, 3]
Faces = tuple[FloatArray, FloatArray]
Maps = tuple[FloatArray, FloatArray, FloatArray, FloatArray]


def crop(image_bgr: ImageArray, faces: Faces, size_px: int, random: np.random.Generator) -> tuple[ImageArray, Faces]:
    """Return a square of the frame, enlarged or shrunk, mirrored in half of all, with its boxes and points."""
    scale, corner = _window(image_bgr, faces[0], size_px, random)
    side = round(size_px / scale)
    left, top = int(corner[0]), int(corner[1])
    piece = _piece(image_bgr, left, top, side)
    method = cv2.INTER_AREA if side > size_px else cv2.INTER_LINEAR
    picture = np.asarray(cv2.resize(piece, (size_px, size_px), interpolation=method), np.uint8)
    shift, factor = np.array([left, top], np.float32), np.float32(size_px / side)
    boxes, points = (faces[0] - np.tile(shift, 2)) * factor, (faces[1] - shift) * factor
    return _mirrored(picture, boxes, points) if random.random() < 0.5 else (picture, (boxes, points))


def relit(image_bgr: ImageArray, random: np.random.Generator) -> ImageArray:
    """Return the picture in another light, at times gray, soft, grainy or compressed."""
    tint = random.uniform(0.85, 1.15, 3) if random.random() < 0.5 else np.ones(3)
    levels = (np.arange(256) / 255)[:, None] ** random.uniform(0.65, 1.5) * random.uniform(0.6, 1.3) * tint
    image = cv2.LUT(image_bgr, np.clip(255 * levels, 0, 255).astype(np.uint8)[None])
    for change, share in CHANGES:
        if random.random() < share:
            image = change(np.asarray(image, np.uint8), random)
    return np.asarray(image, np.uint8)


def targets(boxes: FloatArray, points: FloatArray, cells: int) -> Maps:
    """Return heat, counted, weight (cells, cells) and faces (14, cells, cells), as ``DetectionLoss`` takes them."""
    heat, counted, weight = (np.full((cells, cells), value, np.float32) for value in (0, 1, 0))
    maps = np.zeros((14, cells, cells), np.float32)
    for box, marks in zip(boxes, points, strict=True):
        spot = _heat(box, cells)
        if box[3] - box[1] > MAX_FACE_PX:
            counted[spot > FAINT_HEAT] = 0  # parts of a face are no faces
            continue
        if not _is_asked(box, cells * STRIDE_PX):
            counted[_inside(box, cells)] = 0
            continue
        is_own = spot > np.maximum(heat, LEAST_HEAT)
        weight[is_own] = spot[is_own] / spot[is_own].sum()
        maps[:, is_own] = np.concatenate([box, marks.ravel()])[:, None]
        heat = np.maximum(heat, spot)
    counted[heat == 1] = 1
    return heat, counted, weight, maps


def _window(
    image_bgr: ImageArray, boxes: FloatArray, size_px: int, random: np.random.Generator
) -> tuple[float, FloatArray]:
    """Return the crop's scale and its upper left corner in the frame: around a face, or in a fifth anywhere."""
    if len(boxes) and random.random() >= FREE_SHARE:
        box = boxes[int(random.integers(len(boxes)))]
        heights_px = HUGE_PX if random.random() < HUGE_SHARE else WANTED_PX
        wanted = float(np.exp(random.uniform(*np.log(heights_px))))
        scale = float(np.clip(wanted / (box[3] - box[1]), *SCALES))
        return scale, (box[:2] + box[2:]) / 2 - random.uniform(0.1, 0.9, 2) * size_px / scale
    scale = random.uniform(*FREE_SCALES)
    room = np.array(image_bgr.shape[1::-1]) - size_px / scale
    return scale, np.asarray(random.uniform(np.minimum(room, 0), np.maximum(room, 1)), np.float32)


def _piece(image_bgr: ImageArray, left: int, top: int, side: int) -> ImageArray:
    """Return a square of the frame, black where it reaches beyond."""
    piece = np.zeros((side, side, 3), np.uint8)
    height, width = image_bgr.shape[:2]
    x, y = max(left, 0), max(top, 0)
    part = image_bgr[y : min(top + side, height), x : min(left + side, width)]
    piece[y - top : y - top + part.shape[0], x - left : x - left + part.shape[1]] = part
    return piece


def _mirrored(image: ImageArray, boxes: FloatArray, points: FloatArray) -> tuple[ImageArray, Faces]:
    width = image.shape[1]
    turned = np.stack([width - boxes[:, 2], boxes[:, 1], width - boxes[:, 0], boxes[:, 3]], axis=1)
    marks = points[:, MIRRORED] * np.array([-1, 1], np.float32) + np.array([width, 0], np.float32)
    return np.ascontiguousarray(image[:, ::-1]), (turned, marks)


def _heat(box: FloatArray, cells: int) -> FloatArray:
    """Return a hill (cells, cells) over the middle of the box, 1 in the cell of its middle."""
    at = (np.arange(cells) + 0.5) * STRIDE_PX
    x, y = (float(box[i] + box[i + 2]) / 2 for i in (0, 1))
    spread_x, spread_y = (max(float(box[i + 2] - box[i]) * SPREAD, LEAST_SPREAD_PX) for i in (0, 1))
    across, down = np.exp(-(((at - x) / spread_x) ** 2) / 2), np.exp(-(((at - y) / spread_y) ** 2) / 2)
    hill = np.minimum(down[:, None] * across[None], 0.999)
    row, column = int(y // STRIDE_PX), int(x // STRIDE_PX)
    if 0 <= row < cells and 0 <= column < cells:
        hill[row, column] = 1
    return np.asarray(hill, np.float32)


def _is_asked(box: FloatArray, size_px: int) -> bool:
    """Say whether a face is of a size that is asked for, and enough of it in the picture."""
    seen, whole = np.clip(box, 0, size_px), np.prod(box[2:] - box[:2])
    middle = (box[:2] + box[2:]) / 2
    is_inside = bool(((middle > 0) & (middle < size_px)).all())
    is_seen = np.prod(seen[2:] - seen[:2]) >= LEAST_VISIBLE * whole
    return is_inside and bool(is_seen) and float(box[3] - box[1]) >= MIN_FACE_PX


def _inside(box: FloatArray, cells: int) -> tuple[slice, slice]:
    left, top, right, bottom = (int(np.clip(edge // STRIDE_PX, -1, cells)) for edge in box)
    return slice(max(top, 0), bottom + 1), slice(max(left, 0), right + 1)


def _gray(image: ImageArray, random: np.random.Generator) -> ImageArray:
    return np.asarray(cv2.cvtColor(cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), cv2.COLOR_GRAY2BGR), np.uint8)


def _soft(image: ImageArray, random: np.random.Generator) -> ImageArray:
    return np.asarray(cv2.GaussianBlur(image, (0, 0), float(random.uniform(0.4, 1.2))), np.uint8)


def _grainy(image: ImageArray, random: np.random.Generator) -> ImageArray:
    noise = random.standard_normal(image.shape[:2], np.float32) * np.float32(random.uniform(1, 8))
    return np.asarray(cv2.add(image, cv2.merge([noise] * 3), dtype=cv2.CV_8U), np.uint8)


def _compressed(image: ImageArray, random: np.random.Generator) -> ImageArray:
    _, content = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(35, 85))])
    return np.asarray(cv2.imdecode(content, cv2.IMREAD_COLOR), np.uint8)


Change = Callable[[ImageArray, np.random.Generator], ImageArray]
CHANGES: tuple[tuple[Change, float], ...] = ((_gray, 0.2), (_soft, 0.2), (_grainy, 0.2), (_compressed, 0.25))
