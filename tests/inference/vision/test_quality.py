"""The gate: what is rejected, why, and in which order."""

from __future__ import annotations

import math

import numpy as np
import pytest

from inference.vision.stages.headpose import NO_POSE
from inference.vision.stages.landmarks import FaceMesh
from inference.vision.stages.quality import appraise
from inference.vision.types import Detection, HeadPose, ImageArray

STRAIGHT = HeadPose(0.0, 0.0, 0.0, 0.5)
EYES_NOSE_MOUTH = np.array([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]])


def face_of(side_px: float) -> Detection:
    landmarks = (10 + EYES_NOSE_MOUTH * side_px).astype(np.float32)
    return Detection(np.array([10, 10, 10 + side_px, 10 + side_px], np.float32), landmarks, 0.9)


def mesh_of(presence: float) -> FaceMesh:
    return FaceMesh(np.zeros((468, 3), np.float32), presence)


def picture(*, is_sharp: bool = True) -> ImageArray:
    noise = np.random.default_rng(0).integers(0, 255, (200, 200, 3)).astype(np.uint8)
    return noise if is_sharp else np.full_like(noise, 120)


def rejection(*, side_px: float = 80, is_sharp: bool = True, pose: HeadPose = STRAIGHT, presence: float = 1.0) -> str:
    return appraise(picture(is_sharp=is_sharp), face_of(side_px), mesh_of(presence), pose).rejection


def test_a_large_sharp_straight_bare_face_is_read() -> None:
    assert rejection() == ""


def test_a_face_of_twelve_pixels_is_small() -> None:
    assert rejection(side_px=12) == "small"


def test_a_face_without_detail_is_blurred() -> None:
    assert rejection(is_sharp=False) == "blurred"


@pytest.mark.parametrize("pose", [HeadPose(70, 0, 0, 1), HeadPose(-70, 0, 0, 1), HeadPose(0, -50, 0, 1)])
def test_a_face_that_looks_away_or_down_is_turned(pose: HeadPose) -> None:
    assert rejection(pose=pose) == "turned"


def test_a_face_without_a_mesh_is_covered() -> None:
    assert rejection(pose=NO_POSE, presence=0.1) == "covered"


def test_the_first_reason_is_the_one_that_is_said() -> None:
    worst = {"side_px": 12.0, "is_sharp": False, "pose": HeadPose(80, 0, 0, 1), "presence": 0.1}
    reasons = []
    for better in ({}, {"side_px": 80.0}, {"is_sharp": True}, {"pose": STRAIGHT}, {"presence": 1.0}):
        worst |= better
        reasons.append(rejection(**worst))  # type: ignore[arg-type]
    assert reasons == ["small", "blurred", "turned", "covered", ""]


def test_quality_is_nothing_where_nothing_is_present() -> None:
    found = appraise(picture(), face_of(80), mesh_of(0.0), NO_POSE)
    assert found.quality == 0.0


def test_a_face_outside_the_frame_is_blurred_not_an_error() -> None:
    outside = Detection(np.array([500, 500, 580, 580], np.float32), np.zeros((5, 2), np.float32), 0.9)
    assert appraise(picture(), outside, mesh_of(1.0), STRAIGHT).rejection == "blurred"


def test_nan_pose_is_never_turned() -> None:
    assert math.isnan(NO_POSE.yaw_deg)
    assert rejection(pose=NO_POSE) == ""
