"""What is before a face is found, and a bare face is let pass."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from inference.vision.families.cover.network import Cover
from inference.vision.stages import cover as stage
from inference.vision.stages.cover import CoverFinder
from inference.vision.stages.detect import FaceDetector
from inference.vision.stages.landmarks import FaceMesher
from inference.vision.types import ImageArray
from inference.vision.weights import WeightsError, asset_path, card_path
from tests.media import read_image


@torch.inference_mode()
def test_brightness_and_contrast_change_nothing() -> None:
    torch.manual_seed(0)
    network, faces = Cover().eval(), torch.rand(2, 1, 48, 48)
    torch.testing.assert_close(network(faces), network(faces * 0.3 + 0.5), rtol=1e-3, atol=1e-3)


@torch.inference_mode()
def test_the_network_keeps_the_place_of_what_it_sees() -> None:
    torch.manual_seed(0)
    network, face = Cover().eval(), torch.rand(1, 1, 48, 48)
    above, below = face.clone(), face.clone()
    above[..., :16, :], below[..., 32:, :] = 0, 0
    assert not torch.allclose(network(above), network(below), atol=1e-3)


def test_no_faces_are_no_error() -> None:
    assert CoverFinder()(np.zeros((0, 192, 192, 3), np.uint8)) == []


def test_changed_weights_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    card = card_path("cover")
    (tmp_path / "card.toml").write_text(card.read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "cover.safetensors").write_bytes(b"other weights")
    monkeypatch.setattr(stage, "card_path", lambda name: tmp_path / "card.toml")
    with pytest.raises(WeightsError, match="sha256"):
        CoverFinder()


@pytest.fixture
def face(clips: Path) -> tuple[ImageArray, np.ndarray, np.ndarray]:
    image = read_image(clips / "single_face.jpg")
    found = FaceDetector(asset_path("weights/centerface.onnx"))(image)[0]
    return image, found.bbox_xyxy, found.landmarks


@pytest.mark.weights
def test_a_mask_covers_a_face_and_a_bare_face_is_bare(face: tuple[ImageArray, np.ndarray, np.ndarray]) -> None:
    image, box, landmarks = face
    masked = image.copy()
    nose, (left, _, right, bottom) = landmarks[2], box
    corners = [[left, nose[1] - 5], [right, nose[1] - 5], [right - 20, bottom], [left + 20, bottom]]
    cv2.fillConvexPoly(masked, np.array(corners, np.int32), (210, 190, 150))
    mesher = FaceMesher(asset_path("weights/face_landmark.tflite"))
    bare, covered = mesher([(image, box, landmarks), (masked, box, landmarks)])
    assert (bare.is_covered, covered.is_covered) == (False, True)
