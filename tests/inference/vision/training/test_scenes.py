"""Faces are found whichever way up a scene stands."""

from __future__ import annotations

import zipfile

import cv2
import numpy as np
import pytest

from inference.vision.stages.detect import FaceDetector
from inference.vision.training.scenes import SCENE_PX, surest_face
from inference.vision.types import ImageArray
from inference.vision.weights import asset_path
from tests.conftest import SHARED

pytestmark = [pytest.mark.shared, pytest.mark.weights]
PHOTO = "Aaron_Eckhart/Aaron_Eckhart_0001.jpg"


@pytest.fixture(scope="module")
def detector() -> FaceDetector:
    return FaceDetector(asset_path("weights/centerface.onnx"))


def photo() -> ImageArray:
    with zipfile.ZipFile(SHARED / "data" / "lfw160.zip") as archive:
        content = np.frombuffer(archive.read(PHOTO), np.uint8)
    return np.asarray(cv2.imdecode(content, cv2.IMREAD_GRAYSCALE), np.uint8)


def test_a_scene_on_its_head_gives_the_face_of_the_upright_one(detector: FaceDetector) -> None:
    upright = surest_face(detector, photo())
    turned = surest_face(detector, np.asarray(cv2.rotate(photo(), cv2.ROTATE_180), np.uint8))
    assert upright is not None
    assert turned is not None
    assert upright[0].shape == (SCENE_PX, SCENE_PX, 3)
    np.testing.assert_allclose(turned[1].landmarks, upright[1].landmarks, atol=4)


def test_a_scene_without_a_face_gives_none(detector: FaceDetector) -> None:
    assert surest_face(detector, np.full((96, 96), 90, np.uint8)) is None
