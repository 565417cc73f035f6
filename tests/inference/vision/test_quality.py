"""The gate: what is rejected, why, and in which order."""

from __future__ import annotations

import math

import cv2
import numpy as np
import pytest

from inference.vision.stages.headpose import NO_POSE
from inference.vision.stages.landmarks import FaceMesh
from inference.vision.stages.quality import appraise, nose_place, sharpness_of
from inference.vision.types import Detection, HeadPose, ImageArray

STRAIGHT = HeadPose(0.0, 0.0, 0.0, 0.5)
EYES_NOSE_MOUTH = np.array([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.35, 0.8], [0.65, 0.8]])


def face_of(side_px: float) -> Detection:
    landmarks = (10 + EYES_NOSE_MOUTH * side_px).astype(np.float32)
    return Detection(np.array([10, 10, 10 + side_px, 10 + side_px], np.float32), landmarks, 0.9)


def mesh_of(presence: float, *, is_covered: bool = False) -> FaceMesh:
    return FaceMesh(np.zeros((468, 3), np.float32), presence, is_covered)


def picture(*, is_sharp: bool = True) -> ImageArray:
    noise = np.random.default_rng(0).integers(0, 255, (200, 200, 3)).astype(np.uint8)
    return noise if is_sharp else np.full_like(noise, 120)


def rejection(
    *,
    side_px: float = 80,
    is_sharp: bool = True,
    pose: HeadPose = STRAIGHT,
    presence: float = 1.0,
    is_covered: bool = False,
) -> str:
    return appraise(
        picture(is_sharp=is_sharp), face_of(side_px), mesh_of(presence, is_covered=is_covered), pose
    ).rejection


def test_a_large_sharp_straight_bare_face_is_read() -> None:
    assert rejection() == ""


def test_a_face_of_twelve_pixels_is_small() -> None:
    assert rejection(side_px=12) == "small"


def test_a_face_without_detail_is_blurred() -> None:
    assert rejection(is_sharp=False) == "blurred"


@pytest.mark.parametrize(("yaw_deg", "pitch_deg"), [(40, 0), (-40, 0), (0, -35), (0, 45)])
def test_a_face_that_looks_far_away_is_turned(yaw_deg: float, pitch_deg: float) -> None:
    assert rejection(pose=HeadPose(yaw_deg, pitch_deg, 0, 1)) == "turned"


@pytest.mark.parametrize(("yaw_deg", "pitch_deg"), [(20, 0), (-20, 0), (0, -20), (0, 30)])
def test_a_face_that_looks_a_little_aside_is_read(yaw_deg: float, pitch_deg: float) -> None:
    assert rejection(pose=HeadPose(yaw_deg, pitch_deg, 0, 1)) == ""


def test_a_tilted_head_is_read() -> None:
    assert rejection(pose=HeadPose(0, 0, 60, 1)) == ""


def without_mesh(nose: tuple[float, float]) -> str:
    """The answer for a face whose nose lies there, in shares of its side, and on which no mesh was found."""
    face = face_of(80)
    face.landmarks[2] = 10 + np.array(nose) * 80
    return appraise(picture(), face, mesh_of(0.1), NO_POSE).rejection


def test_without_a_mesh_the_place_of_the_nose_tells_a_turned_face_from_a_covered_one() -> None:
    assert without_mesh((0.5, 0.6)) == "covered"
    assert without_mesh((0.5, 0.7)) == "turned"
    assert without_mesh((0.62, 0.6)) == without_mesh((0.38, 0.6)) == "turned"


@pytest.mark.parametrize("degrees", [-60, 0, 25])
def test_the_place_of_the_nose_does_not_depend_on_roll_and_size(degrees: float) -> None:
    angle = np.radians(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    points = np.array([[-20, 0], [20, 0], [5, 20], [-15, 40], [15, 40]])
    assert nose_place((points @ turn.T * 3 + 50).astype(np.float32)) == pytest.approx((0.125, 0.5), abs=1e-5)


def test_points_in_one_spot_have_no_nose_place() -> None:
    assert np.isnan(nose_place(np.zeros((5, 2), np.float32))).all()


@pytest.mark.parametrize("kernel", [(9, 1), (1, 9), (9, 9)])
def test_motion_to_any_side_and_lack_of_focus_take_sharpness(kernel: tuple[int, int]) -> None:
    box = face_of(80).bbox_xyxy
    assert sharpness_of(np.asarray(cv2.blur(picture(), kernel), np.uint8), box) < sharpness_of(picture(), box) / 2


@pytest.mark.parametrize("veil", [0, 60])
def test_poor_light_is_no_blur(veil: int) -> None:
    spots = np.random.default_rng(0).integers(20, 220, (20, 20)).astype(np.uint8)
    clear = np.asarray(cv2.resize(np.repeat(spots[..., None], 3, axis=2), (200, 200)), np.uint8)
    dim = np.asarray(clear * 0.3 + veil, np.uint8)
    box = np.array([20, 20, 180, 180], np.float32)
    assert sharpness_of(dim, box) == pytest.approx(sharpness_of(clear, box), rel=0.2)


def test_a_straight_face_without_a_mesh_is_covered() -> None:
    assert rejection(pose=NO_POSE, presence=0.1) == "covered"


def test_a_face_with_something_before_it_is_covered_however_sure_the_mesh() -> None:
    assert rejection(is_covered=True) == "covered"


def test_an_unsure_mesh_as_on_a_yawn_is_read() -> None:
    assert rejection(presence=0.6) == ""


def test_the_first_reason_is_the_one_that_is_said() -> None:
    worst = {"side_px": 12.0, "is_sharp": False, "pose": HeadPose(80, 0, 0, 1), "is_covered": True}
    reasons = []
    for better in ({}, {"side_px": 80.0}, {"is_sharp": True}, {"pose": STRAIGHT}, {"is_covered": False}):
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
