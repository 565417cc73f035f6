"""Rendered heads: their labels, and that our own stages find a real head turned as it was turned."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks.poses.heads import blurred, head_of, triangles_of
from benchmarks.poses.rendered import LIMITS_DEG, Portrait, is_frontal, own_rotation, rendered, rotation_of, turns_deg
from benchmarks.poses.surface import Camera, draw
from inference.vision.stages.detect import FaceDetector
from inference.vision.stages.headpose import MESH_INDICES, MODEL, angles_deg
from inference.vision.stages.landmarks import FaceMesh, FaceMesher
from inference.vision.types import ImageArray
from inference.vision.weights import asset_path

TURN = (25.0, -12.0, 8.0)


def mesh_of(points: np.ndarray, presence: float = 1.0) -> FaceMesh:
    full = np.zeros((468, 3), np.float32)
    full[list(MESH_INDICES)] = points
    return FaceMesh(full, presence)


def test_a_rotation_has_the_angles_it_was_made_of() -> None:
    assert angles_deg(rotation_of(*TURN)) == pytest.approx(TURN)


def test_the_own_rotation_of_a_face_does_not_depend_on_its_size_or_place() -> None:
    turned = MODEL @ rotation_of(*TURN).T * 37 + [300, 200, 5]
    assert angles_deg(own_rotation(mesh_of(turned))) == pytest.approx(TURN, abs=1e-3)


def test_only_a_sure_face_that_looks_into_the_camera_is_frontal() -> None:
    assert is_frontal(mesh_of(MODEL))
    assert not is_frontal(mesh_of(MODEL, presence=0.5))
    assert not is_frontal(mesh_of(MODEL @ rotation_of(20, 0, 0).T))


def test_turns_fill_their_limits_and_single_ones_turn_about_one_axis() -> None:
    turns = np.concatenate([turns_deg(np.random.default_rng(seed)) for seed in range(40)])
    assert (np.abs(turns) <= LIMITS_DEG).all()
    assert (np.abs(turns).max(axis=0) > 0.95 * LIMITS_DEG).all()
    axes = (turns != 0).sum(axis=1).reshape(40, 20)
    assert (np.sort(axes[0]) == [0] + [1] * 11 + [3] * 8).all()


def test_triangles_run_clockwise_and_cover_all_points() -> None:
    flat = np.random.default_rng(0).uniform(0, 100, (60, 2))
    triangles = triangles_of(flat)
    a, b, c = (flat[triangles[:, k]] for k in range(3))
    assert ((b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) > (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])).all()
    assert set(triangles.ravel()) == set(range(60))


@pytest.fixture
def portrait(clips: Path) -> tuple[ImageArray, FaceMesh]:
    image = np.asarray(cv2.imread(str(clips / "single_face.jpg")), np.uint8)
    return image, mesh_in(image)


def mesh_in(image: ImageArray) -> FaceMesh:
    detect = FaceDetector(asset_path("weights/centerface.onnx"))
    mesher = FaceMesher(asset_path("weights/face_landmark.tflite"))
    face = detect(image)[0]
    return mesher([(image, face.bbox_xyxy, face.landmarks)])[0]


@pytest.mark.weights
@pytest.mark.parametrize("axis", [0, 1])
def test_a_real_head_is_found_turned_as_it_was_turned(portrait: tuple[ImageArray, FaceMesh], axis: int) -> None:
    image, mesh = portrait
    head, background = head_of(image, mesh.points), blurred(image, 224)
    turns = np.zeros((2, 3))
    turns[:, axis] = (-20, 20)
    pictures = [draw(head, rotation_of(*turn), Camera(224, 10.0, 44.0), background) for turn in turns]
    low, high = (np.array(angles_deg(own_rotation(mesh_in(picture)))) for picture in pictures)
    assert (high - low)[axis] == pytest.approx(40, abs=12)
    assert np.abs((high - low)[1 - axis]) < 8


@pytest.mark.weights
def test_the_same_seed_renders_the_same_pictures(portrait: tuple[ImageArray, FaceMesh]) -> None:
    pictures = [next(rendered(Portrait("A", *portrait), seed=seed)).image for seed in (3, 3, 4)]
    assert (pictures[0] == pictures[1]).all()
    assert (pictures[0] != pictures[2]).any()
