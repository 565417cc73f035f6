"""Head pose: the signs that ``types.py`` states, on synthetic projections and on a real clip and its mirror."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from inference.vision.stages.detect import FaceDetector
from inference.vision.stages.headpose import MODEL, angles_deg, head_pose, looking, pose_of_points
from inference.vision.stages.landmarks import FaceMesher
from inference.vision.types import HeadPose
from inference.vision.video import FrameReader, Sampling
from inference.vision.weights import asset_path


def projected(
    yaw_deg: float, pitch_deg: float, roll_deg: float, *, centre: tuple[float, float] = (300, 200)
) -> np.ndarray:
    cos, sin = math.cos(math.radians(roll_deg)), math.sin(math.radians(roll_deg))
    roll = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
    points = MODEL @ (looking(math.radians(yaw_deg), math.radians(pitch_deg)) @ roll).T + [0, 0, 8]
    return np.asarray(points[:, :2] / points[:, 2:] * 700 + centre, np.float32)


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


def test_points_in_one_spot_give_no_pose() -> None:
    assert math.isnan(pose_of_points(np.zeros((14, 2), np.float32)).yaw_deg)


@pytest.mark.weights
def test_mirroring_a_real_clip_turns_yaw_and_roll_around(clips: Path) -> None:
    detect = FaceDetector(asset_path("weights/centerface.onnx"))
    mesher = FaceMesher(asset_path("weights/face_landmark.tflite"))

    def pose(image: np.ndarray) -> HeadPose:
        image = np.ascontiguousarray(image)
        return head_pose(mesher([(image, detect(image)[0].bbox_xyxy)])[0].points)

    frames = list(FrameReader(clips / "WolfgangLanger_Pexels.mp4", Sampling(1.0, 60.0)))[:8]
    pairs = [(pose(frame.image_bgr), pose(frame.image_bgr[:, ::-1])) for frame in frames]
    assert np.mean([abs(plain.yaw_deg + mirrored.yaw_deg) for plain, mirrored in pairs]) < 4
    assert np.mean([abs(plain.roll_deg + mirrored.roll_deg) for plain, mirrored in pairs]) < 3
    assert np.mean([abs(plain.pitch_deg - mirrored.pitch_deg) for plain, mirrored in pairs]) < 6
    assert any(abs(plain.yaw_deg) > 8 for plain, _ in pairs)
