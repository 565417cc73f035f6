"""Face detection: the vectorised decoding against a slow one, and real faces of several sizes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from inference.vision.stages.detect import FaceDetector, decode, detection_scale, overlaps, suppress, to_pixels
from inference.vision.weights import asset_path
from tests.media import read_image


@pytest.fixture(scope="module")
def detector() -> FaceDetector:
    return FaceDetector(asset_path("weights/centerface.onnx"))


def decode_slowly(
    heat: np.ndarray, sizes: np.ndarray, offsets: np.ndarray, points: np.ndarray, floor: float
) -> list[Any]:
    found = []
    for row in range(heat.shape[0]):
        for column in range(heat.shape[1]):
            if heat[row, column] <= floor:
                continue
            height, width = (4 * float(np.exp(sizes[axis, row, column])) for axis in (0, 1))
            top = 4 * (row + float(offsets[0, row, column]) + 0.5) - height / 2
            left = 4 * (column + float(offsets[1, row, column]) + 0.5) - width / 2
            marks = [
                (left + width * points[2 * k + 1, row, column], top + height * points[2 * k, row, column])
                for k in range(5)
            ]
            found.append(([left, top, left + width, top + height], marks, heat[row, column]))
    return found


def suppress_slowly(boxes: np.ndarray, scores: np.ndarray, limit: float) -> list[int]:
    kept: list[int] = []
    for candidate in sorted(range(len(boxes)), key=lambda i: -scores[i]):
        if all(overlap_slowly(boxes[candidate], boxes[other]) <= limit for other in kept):
            kept.append(candidate)
    return kept


def overlap_slowly(a: np.ndarray, b: np.ndarray) -> float:
    width = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    height = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    union = (a[2] - a[0]) * (a[3] - a[1]) + (b[2] - b[0]) * (b[3] - b[1]) - width * height
    return float(width * height / union)


def test_decoding_agrees_with_the_slow_one() -> None:
    rng = np.random.default_rng(1)
    heat = rng.random((12, 20), np.float32)
    sizes, offsets = rng.normal(1, 0.5, (2, 12, 20)).astype(np.float32), rng.random((2, 12, 20), np.float32)
    points = rng.random((10, 12, 20), np.float32)
    boxes, marks, scores = decode(heat, sizes, offsets, points, min_score=0.8)
    slow = decode_slowly(heat, sizes, offsets, points, 0.8)
    assert len(boxes) == len(slow) > 20
    np.testing.assert_allclose(boxes, [box for box, _, _ in slow], rtol=1e-4, atol=1e-3)
    np.testing.assert_allclose(marks, [mark for _, mark, _ in slow], rtol=1e-4, atol=1e-3)
    np.testing.assert_array_equal(scores, [score for _, _, score in slow])


def test_suppression_agrees_with_the_slow_one() -> None:
    rng = np.random.default_rng(2)
    corner = rng.random((80, 2), np.float32) * 100
    boxes = np.concatenate([corner, corner + 5 + 40 * rng.random((80, 2), np.float32)], axis=1)
    scores = rng.random(80, np.float32)
    assert suppress(boxes, scores, max_overlap=0.3) == suppress_slowly(boxes, scores, 0.3)
    expected = [[overlap_slowly(a, b) for b in boxes[:9]] for a in boxes]
    np.testing.assert_allclose(overlaps(boxes, boxes[:9]), expected, atol=1e-5)


def test_large_frames_are_shrunk_and_small_ones_are_not_enlarged() -> None:
    assert detection_scale(640, 360) == 1.0
    assert detection_scale(3840, 2160) == pytest.approx(0.25, abs=0.01)
    pixels = to_pixels(np.zeros((720, 1280, 3), np.uint8), detection_scale(1280, 720))
    assert pixels.shape == (1, 544, 960, 3)


@pytest.mark.weights
def test_one_face_is_found_with_its_landmarks_in_order(detector: FaceDetector, clips: Path) -> None:
    image = read_image(clips / "single_face.jpg")
    (face,) = detector(image)
    left_eye, right_eye, nose, left_mouth, right_mouth = face.landmarks
    assert left_eye[0] < nose[0] < right_eye[0] and left_mouth[0] < right_mouth[0]
    assert max(left_eye[1], right_eye[1]) < nose[1] < min(left_mouth[1], right_mouth[1])
    assert face.score > 0.7


@pytest.mark.weights
@pytest.mark.parametrize("face_px", [300, 120, 60, 32])
def test_faces_of_many_sizes_are_found_in_one_frame(detector: FaceDetector, clips: Path, face_px: int) -> None:
    image = read_image(clips / "single_face.jpg")
    box = detector(image)[0].bbox_xyxy
    scale = face_px / float(box[3] - box[1])
    small = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    frame = np.full((720, 1280, 3), 90, np.uint8)
    tall, wide = min(small.shape[0], 700), min(small.shape[1], 1200)
    frame[10 : 10 + tall, 40 : 40 + wide] = small[:tall, :wide]
    (face,) = detector(frame)
    expected = box * scale + np.array([40, 10, 40, 10])
    assert overlaps(face.bbox_xyxy[None], expected[None].astype(np.float32))[0, 0] > 0.6


@pytest.mark.weights
def test_a_frame_without_a_face_gives_none(detector: FaceDetector) -> None:
    assert detector(np.full((720, 1280, 3), 120, np.uint8)) == []
