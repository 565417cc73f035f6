"""Faces of whole frames: what two networks find made one, real faces of many sizes, frames of any form."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from inference.vision.stages.detect import overlaps
from inference.vision.stages.faces import MAX_SHAPES, GalleryFaceDetector, distinct, padded, shared
from inference.vision.types import ImageArray
from tests.media import read_image

FACE_XYXY = (187, 142, 377, 405)  # of the portrait


@pytest.fixture(scope="module")
def detector() -> GalleryFaceDetector:
    return GalleryFaceDetector()


@pytest.fixture
def portrait(clips: Path) -> ImageArray:
    return read_image(clips / "single_face.jpg")


def framed(picture: ImageArray, height: int, width: int) -> ImageArray:
    frame = np.full((height, width, 3), 90, np.uint8)
    tall, wide = min(picture.shape[0], height - 20), min(picture.shape[1], width - 20)
    frame[10 : 10 + tall, 10 : 10 + wide] = picture[:tall, :wide]
    return frame


def test_a_part_of_a_face_is_no_face_beside_the_whole() -> None:
    boxes = np.array([[0, 0, 100, 120], [30, 60, 70, 100], [200, 0, 240, 50]], np.float32)
    assert distinct(boxes, np.array([0.9, 0.8, 0.7], np.float32)) == [0, 2]
    assert distinct(boxes, np.array([0.7, 0.8, 0.9], np.float32)) == [2, 1]


def test_neighbours_that_touch_are_two_faces() -> None:
    boxes = np.array([[0, 0, 40, 50], [30, 0, 70, 50]], np.float32)
    assert distinct(boxes, np.array([0.9, 0.8], np.float32)) == [0, 1]


def test_what_two_boxes_share_is_counted_against_the_smaller() -> None:
    whole = np.array([0, 0, 10, 10], np.float32)
    others = np.array([[2, 2, 4, 4], [5, 0, 15, 10], [20, 20, 30, 30]], np.float32)
    np.testing.assert_allclose(shared(whole, others), [1.0, 0.5, 0.0])


def test_frames_are_filled_up_to_whole_steps() -> None:
    assert padded(np.zeros((720, 1280, 3), np.uint8), 1.0).shape == (720, 1280, 3)
    assert padded(np.zeros((720, 1280, 3), np.uint8), 0.25).shape == (192, 320, 3)
    assert padded(np.full((361, 641, 3), 7, np.uint8), 1.0)[361:].max() == 0


@pytest.mark.weights
def test_one_face_is_found_with_its_landmarks_in_order(detector: GalleryFaceDetector, portrait: ImageArray) -> None:
    (face,) = detector(portrait)
    left_eye, right_eye, nose, left_mouth, right_mouth = face.landmarks
    assert left_eye[0] < nose[0] < right_eye[0] and left_mouth[0] < right_mouth[0]
    assert max(left_eye[1], right_eye[1]) < nose[1] < min(left_mouth[1], right_mouth[1])


@pytest.mark.weights
@pytest.mark.parametrize("face_px", [400, 200, 120, 60, 32, 24])
def test_faces_of_many_sizes_are_found(detector: GalleryFaceDetector, portrait: ImageArray, face_px: int) -> None:
    box = np.array(FACE_XYXY, np.float32)
    scale = face_px / float(box[3] - box[1])
    small = cv2.resize(portrait, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    (face,) = detector(framed(np.asarray(small, np.uint8), 720, 1280))
    assert overlaps(face.bbox_xyxy[None], (box * scale + 10)[None].astype(np.float32))[0, 0] > 0.6


@pytest.mark.weights
@pytest.mark.parametrize("size", [(1080, 1920), (1280, 720), (360, 640)])
def test_frames_of_other_forms_are_searched(
    detector: GalleryFaceDetector, portrait: ImageArray, size: tuple[int, int]
) -> None:
    scale = 120 / portrait.shape[0] * 2
    small = cv2.resize(portrait, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    faces = detector(framed(np.asarray(small, np.uint8), *size))
    assert len(faces) == 1
    assert faces[0].bbox_xyxy.max() <= 260


@pytest.mark.weights
@pytest.mark.parametrize("level", [0, 120, 255])
def test_an_even_frame_has_no_face(detector: GalleryFaceDetector, level: int) -> None:
    assert detector(np.full((720, 1280, 3), level, np.uint8)) == []


@pytest.mark.weights
def test_a_frame_finds_the_same_faces_again_after_others(detector: GalleryFaceDetector, portrait: ImageArray) -> None:
    frame = framed(portrait, 360, 640)
    first = detector(frame)
    for step in range(MAX_SHAPES):
        detector(np.zeros((64 + 16 * step, 64, 3), np.uint8))
    again = detector(frame)
    assert [face.score for face in first] == [face.score for face in again]
