"""Landmarks: openness of eyes and mouth, presence, and crops at any size."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from inference.vision.stages.detect import FaceDetector
from inference.vision.stages.landmarks import (
    EYE_IMAGE_LEFT,
    EYE_IMAGE_RIGHT,
    INNER_LIP_CORNERS,
    INNER_LIP_PAIRS,
    Face,
    FaceMesher,
    eye_openness,
    eye_openness_each,
    mouth_openness,
)
from inference.vision.types import ImageArray
from inference.vision.video import FrameReader, Sampling
from inference.vision.weights import asset_path
from tests.media import read_image

pytestmark = pytest.mark.weights


@pytest.fixture(scope="module")
def mesher() -> FaceMesher:
    return FaceMesher(asset_path("weights/face_landmark.tflite"))


@pytest.fixture(scope="module")
def detector() -> FaceDetector:
    return FaceDetector(asset_path("weights/centerface.onnx"))


def face_in(image: ImageArray, detector: FaceDetector) -> Face:
    face = detector(image)[0]
    return image, face.bbox_xyxy, face.landmarks


def mesh_with(eye_height: float, lip_height: float) -> np.ndarray:
    points = np.zeros((468, 3), np.float32)
    for eye in (EYE_IMAGE_LEFT, EYE_IMAGE_RIGHT):
        for index, x in zip(eye, (0, 3, 7, 10, 7, 3), strict=True):
            points[index, 0] = x
        points[list(eye[1:3]), 1], points[list(eye[4:]), 1] = -eye_height / 2, eye_height / 2
    points[INNER_LIP_CORNERS[1], 0] = 20
    for _upper, lower in INNER_LIP_PAIRS:
        points[lower, 1] = lip_height
    return points


def test_openness_is_height_over_width() -> None:
    assert eye_openness(mesh_with(3.0, 0.0)) == pytest.approx(0.3)
    assert mouth_openness(mesh_with(3.0, 12.0)) == pytest.approx(0.6)


def test_each_eye_has_an_openness_of_its_own_left_to_right_as_seen() -> None:
    points = mesh_with(3.0, 0.0)
    points[list(EYE_IMAGE_RIGHT[1:3]), 1] = points[list(EYE_IMAGE_RIGHT[4:]), 1] = 0
    assert eye_openness_each(points) == pytest.approx((0.3, 0.0))
    assert eye_openness(points) == pytest.approx(0.15)


def test_openness_of_a_collapsed_mesh_is_nan() -> None:
    assert np.isnan(eye_openness(np.zeros((468, 3), np.float32)))
    assert np.isnan(mouth_openness(np.zeros((468, 3), np.float32)))


def test_closed_eyes_measure_lower_than_open_ones(mesher: FaceMesher, detector: FaceDetector, clips: Path) -> None:
    """The clip's person looks down with eyes shut at 2 s and up with wide eyes at 7 s."""
    frames = list(FrameReader(clips / "WolfgangLanger_Pexels.mp4", Sampling(1.0, 60.0)))
    openness = [eye_openness(mesher([face_in(frames[second].image_bgr, detector)])[0].points) for second in (2, 7)]
    assert openness[0] < 0.17 < 0.25 < openness[1]


def test_presence_tells_a_face_from_a_wall(mesher: FaceMesher, detector: FaceDetector, clips: Path) -> None:
    image = read_image(clips / "single_face.jpg")
    found = face_in(image, detector)
    wall = np.full_like(image, 130)
    face, nothing = mesher([found, (wall, *found[1:])])
    assert face.presence > 0.9 and nothing.presence < 0.2


def test_the_mesh_agrees_with_the_detectors_landmarks(mesher: FaceMesher, detector: FaceDetector, clips: Path) -> None:
    image = read_image(clips / "single_face.jpg")
    face = detector(image)[0]
    mesh = mesher([(image, face.bbox_xyxy, face.landmarks)])[0]
    width = float(face.bbox_xyxy[2] - face.bbox_xyxy[0])
    assert np.abs(mesh.five_points - face.landmarks).max() < 0.12 * width


def test_a_faces_mesh_does_not_depend_on_its_company(mesher: FaceMesher, detector: FaceDetector, clips: Path) -> None:
    image = read_image(clips / "single_face.jpg")
    face = face_in(image, detector)
    alone = mesher([face])[0]
    company = mesher([(np.ascontiguousarray(image[:, ::-1]), *face[1:])] * 10 + [face])[-1]
    np.testing.assert_array_equal(alone.points, company.points)


def test_no_faces_give_no_meshes(mesher: FaceMesher) -> None:
    assert mesher([]) == []


@pytest.mark.parametrize("roll_deg", [-50, 40])
def test_a_face_that_lies_tilted_has_the_mesh_of_the_upright_one(
    mesher: FaceMesher, detector: FaceDetector, clips: Path, roll_deg: float
) -> None:
    image = read_image(clips / "single_face.jpg")
    face = detector(image)[0]
    middle = (face.bbox_xyxy[:2] + face.bbox_xyxy[2:]) / 2
    turn = cv2.getRotationMatrix2D((float(middle[0]), float(middle[1])), -roll_deg, 1.0)
    tilted = np.asarray(cv2.warpAffine(image, turn, image.shape[1::-1]), np.uint8)
    upright = mesher([(image, face.bbox_xyxy, face.landmarks)])[0].points
    found = mesher([(tilted, face.bbox_xyxy, (face.landmarks @ turn[:, :2].T + turn[:, 2]).astype(np.float32))])[0]
    side = float(max(face.bbox_xyxy[2:] - face.bbox_xyxy[:2]))
    assert np.abs(found.points[:, :2] - (upright[:, :2] @ turn[:, :2].T + turn[:, 2])).mean() < 0.01 * side
    assert np.abs(found.points[:, 2] - upright[:, 2]).mean() < 0.015 * side
