"""Head pose: the signs that ``types.py`` states, on synthetic projections and on a real clip and its mirror."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import pytest

from inference.vision.stages.detect import FaceDetector
from inference.vision.stages.headpose import (
    FOCAL_EYE_DISTANCES,
    MODEL,
    angles_deg,
    head_pose,
    head_poses,
    looking,
    pose_confidence,
    poses_of_points,
)
from inference.vision.stages.landmarks import FaceMesher
from inference.vision.stages.pnp import nearest_rotation, rotation_in_space
from inference.vision.types import HeadPose
from inference.vision.video import FrameReader, Sampling
from inference.vision.weights import asset_path


def turning(yaw_deg: float, pitch_deg: float, roll_deg: float) -> np.ndarray:
    cos, sin = math.cos(math.radians(roll_deg)), math.sin(math.radians(roll_deg))
    roll = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
    return np.asarray(looking(math.radians(yaw_deg), math.radians(pitch_deg)) @ roll)


def projected(
    yaw_deg: float, pitch_deg: float, roll_deg: float, *, centre: tuple[float, float] = (300, 200)
) -> np.ndarray:
    points = MODEL @ turning(yaw_deg, pitch_deg, roll_deg).T + [0, 0, 8]
    return np.asarray(points[:, :2] / points[:, 2:] * 700 + centre, np.float32)


def pose_of_points(points: np.ndarray) -> HeadPose:
    return poses_of_points(points[None])[0]


@pytest.mark.parametrize(
    "pose", [(0, 0, 0), (30, 0, 0), (-30, 0, 0), (0, 20, 0), (0, -20, 0), (0, 0, 15), (25, -15, 10)]
)
def test_known_poses_are_found(pose: tuple[float, float, float]) -> None:
    found = pose_of_points(projected(*pose))
    assert (found.yaw_deg, found.pitch_deg, found.roll_deg) == pytest.approx(pose, abs=1.0)
    assert found.residual_px < 1.0


def test_positive_yaw_points_to_the_images_right_and_positive_pitch_up() -> None:
    right = looking(math.radians(30), 0.0) @ [0, 0, -1]
    up = looking(0.0, math.radians(20)) @ [0, 0, -1]
    assert right[0] > 0.4 and up[1] < -0.3
    assert angles_deg(np.eye(3)) == pytest.approx((0, 0, 0))


def test_positive_roll_is_clockwise_in_the_image() -> None:
    points = projected(0, 0, 15)
    assert points[7, 1] > points[4, 1]


def test_the_place_of_a_tile_does_not_turn_the_face() -> None:
    middle, corner = pose_of_points(projected(10, 5, 0)), pose_of_points(projected(10, 5, 0, centre=(1200, 40)))
    assert middle.yaw_deg == pytest.approx(corner.yaw_deg, abs=0.01)


def test_depth_alone_tells_the_pose_whatever_the_size_and_the_place() -> None:
    turned = MODEL @ turning(25, -15, 10).T * 40 + [300, 200, -7]
    assert angles_deg(rotation_in_space(MODEL, turned)) == pytest.approx((25, -15, 10))


def test_the_mean_of_two_rotations_lies_midway() -> None:
    assert angles_deg(nearest_rotation(turning(10, 0, 0) + turning(30, 0, 0))) == pytest.approx((20, 0, 0))


def test_depth_that_disagrees_with_the_picture_pulls_the_pose_halfway() -> None:
    flat, turned = projected(20, 0, 0), MODEL @ turning(40, 0, 0).T * 87
    found = pose_of_points(np.column_stack([flat, turned[:, 2]]).astype(np.float32))
    in_space = angles_deg(rotation_in_space(MODEL, np.column_stack([flat, turned[:, 2]])))
    assert in_space[0] > 25
    assert found.yaw_deg == pytest.approx((20 + in_space[0]) / 2, abs=1)
    assert found.residual_px == pytest.approx(pose_of_points(flat).residual_px)


def test_a_pose_is_the_less_sure_the_worse_its_points_fit_the_face() -> None:
    sure = [pose_confidence(residual_px, 100.0) for residual_px in (0.0, 1.0, 4.11, 8.0, 100.0)]
    assert sure == sorted(sure, reverse=True)
    assert sure[0] == 1 and sure[2] == pytest.approx(0.5) and 0 <= sure[4] < 0.01
    assert pose_confidence(2.0, 200.0) == pytest.approx(pose_confidence(1.0, 100.0))


@pytest.mark.parametrize(("residual_px", "face_px"), [(math.nan, 100.0), (1.0, 0.0), (1.0, math.nan)])
def test_no_pose_has_no_confidence(residual_px: float, face_px: float) -> None:
    assert pose_confidence(residual_px, face_px) == 0


def test_points_in_one_spot_give_no_pose() -> None:
    assert math.isnan(pose_of_points(np.zeros((14, 2), np.float32)).yaw_deg)


@pytest.mark.weights
def test_mirroring_a_real_clip_turns_yaw_and_roll_around(clips: Path) -> None:
    detect = FaceDetector(asset_path("weights/centerface.onnx"))
    mesher = FaceMesher(asset_path("weights/face_landmark.tflite"))

    def pose(image: np.ndarray) -> HeadPose:
        image = np.ascontiguousarray(image)
        face = detect(image)[0]
        return head_pose(mesher([(image, face.bbox_xyxy, face.landmarks)])[0].points)

    frames = list(FrameReader(clips / "WolfgangLanger_Pexels.mp4", Sampling(1.0, 60.0)))[:8]
    pairs = [(pose(frame.image_bgr), pose(frame.image_bgr[:, ::-1])) for frame in frames]
    assert np.mean([abs(plain.yaw_deg + mirrored.yaw_deg) for plain, mirrored in pairs]) < 4
    assert np.mean([abs(plain.roll_deg + mirrored.roll_deg) for plain, mirrored in pairs]) < 3
    assert np.mean([abs(plain.pitch_deg - mirrored.pitch_deg) for plain, mirrored in pairs]) < 6
    assert any(abs(plain.yaw_deg) > 8 for plain, _ in pairs)


def test_the_pose_is_that_of_a_solver_that_takes_its_time() -> None:
    random = np.random.default_rng(0)
    turns = random.uniform(-1, 1, (30, 3)) * [50, 35, 40]
    flat = np.stack([projected(*turn) for turn in turns]) + random.normal(0, 3, (30, 14, 2))
    found = poses_of_points(flat.astype(np.float32))
    for points, pose in zip(flat, found, strict=True):
        slow = solved(points)
        assert (pose.yaw_deg, pose.pitch_deg, pose.roll_deg) == pytest.approx(angles_deg(slow).tolist(), abs=0.5)


def solved(picture: np.ndarray) -> np.ndarray:
    """OpenCV's answer for the same camera."""
    centre = picture.mean(axis=0)
    flat = MODEL[:, :2] - MODEL[:, :2].mean(axis=0)
    focal_px = FOCAL_EYE_DISTANCES * math.sqrt(((picture - centre) ** 2).sum() / (flat**2).sum())
    camera = np.array([[focal_px, 0, centre[0]], [0, focal_px, centre[1]], [0, 0, 1]])
    start = np.array([0.0, 0.0, FOCAL_EYE_DISTANCES])
    _, turn, _ = cv2.solvePnP(
        MODEL, picture, camera, None, np.zeros(3), start, useExtrinsicGuess=True, flags=cv2.SOLVEPNP_ITERATIVE
    )
    return np.asarray(cv2.Rodrigues(turn)[0])


def test_faces_do_not_change_each_others_poses() -> None:
    points = np.stack([projected(20, 5, 0), np.full((14, 2), np.nan), np.zeros((14, 2)), projected(-30, 0, 9)])
    together = poses_of_points(points.astype(np.float32))
    assert together[0] == pose_of_points(points[0].astype(np.float32))
    assert together[3] == pose_of_points(points[3].astype(np.float32))
    assert [math.isnan(pose.yaw_deg) for pose in together] == [False, True, True, False]


def test_no_faces_have_no_poses() -> None:
    assert head_poses(np.empty((0, 468, 3), np.float32)) == []


def test_a_face_that_lies_on_its_side_is_rolled_and_not_turned() -> None:
    assert angles_deg(turning(0, 0, 90)).tolist() == pytest.approx([0, 0, 90], abs=1e-6)
    assert angles_deg(turning(30, -20, -120)).tolist() == pytest.approx([30, -20, -120])
