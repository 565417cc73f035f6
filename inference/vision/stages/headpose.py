"""Head pose from 14 points by PnP (paper 004) and by their depth, with the signs that ``types.py`` states.

The points are the brows' ends, the eyes' and the mouth's corners, the nose wings, the lower lip and the chin. Their
places in space are the mean shape that the landmark network itself gives: generalised Procrustes over 1,199 portraits
of the LFW set, made symmetric, in units of the distance between the eyes' centres, x to the image's right, y down,
z away from the camera. On those portraits the median is 0.1 degrees of yaw and -0.7 of pitch, so zero means "straight".
PnP knows perspective but not the depth that the landmark network gives; a rigid fit in space knows depth but not
perspective. Their errors differ, so the pose is the rotation midway between both (``docs/models/head-pose.md``).
"""

from __future__ import annotations

import math
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from inference.vision.types import FloatArray, HeadPose

Reals: TypeAlias = npt.NDArray[np.float64]

MESH_INDICES = (70, 55, 285, 300, 33, 133, 362, 263, 64, 294, 61, 291, 17, 152)
MODEL = np.array(
    [
        [-0.909, -0.636, 0.157], [-0.193, -0.597, -0.182], [0.193, -0.597, -0.182], [0.909, -0.636, 0.157],
        [-0.720, -0.404, 0.147], [-0.280, -0.388, 0.063], [0.280, -0.388, 0.063], [0.720, -0.404, 0.147],
        [-0.309, 0.211, -0.216], [0.309, 0.211, -0.216], [-0.424, 0.653, 0.059], [0.424, 0.653, 0.059],
        [0.0, 0.881, -0.158], [0.0, 1.443, 0.101],
    ]
)  # fmt: skip
# A webcam's face is about a third of the picture's width at 65 degrees of view: about 8 eye distances of focal length.
FOCAL_EYE_DISTANCES = 8.0
# At this share of the face's side, a pose is as likely right as wrong.
EVEN_RESIDUAL, RESIDUAL_STEEPNESS = 0.0299, 3.42
NO_POSE = HeadPose(math.nan, math.nan, math.nan, math.nan)


def head_pose(mesh: FloatArray) -> HeadPose:
    """Return the pose of one face from its mesh (468, 2 or 3) in pixels; NaN where no pose fits."""
    return pose_of_points(mesh[list(MESH_INDICES)])


def pose_of_points(points: FloatArray) -> HeadPose:
    """Return the pose that puts ``MODEL`` onto ``points`` (14, 2 or 3) in pixels; without depth, by PnP alone."""
    seen = points.astype(np.float64)
    found = _pnp(np.ascontiguousarray(seen[:, :2]))
    if found is None:
        return NO_POSE
    rotation, residual_px = found
    if seen.shape[1] > 2:
        rotation = nearest_rotation(rotation + rotation_in_space(seen))
    return HeadPose(*angles_deg(rotation), residual_px)


def rotation_in_space(points: Reals) -> Reals:
    """Return the rotation (3, 3) that turns ``MODEL`` onto ``points`` (14, 3) with the least squares (Kabsch 1976)."""
    return nearest_rotation((points - points.mean(axis=0)).T @ (MODEL - MODEL.mean(axis=0)))


def nearest_rotation(matrix: Reals) -> Reals:
    """Return the rotation (3, 3) that is nearest to a ``matrix`` (3, 3); of a sum of rotations, their mean."""
    left, _, right = np.linalg.svd(matrix)
    return np.asarray(left @ np.diag([1, 1, np.linalg.det(left @ right)]) @ right, np.float64)


def _pnp(picture: Reals) -> tuple[Reals, float] | None:
    """Return the rotation (3, 3) that projects ``MODEL`` onto ``picture`` (14, 2), and the error left in pixels.

    The camera is centred on the face, not on the frame: in a gallery each tile has a camera of its own.
    """
    centre = picture.mean(axis=0)
    spread = float(np.sqrt(((picture - centre) ** 2).sum(axis=1).mean()))
    if not np.isfinite(spread) or spread < 1e-6:
        return None
    unit_px = spread / float(np.sqrt((_MODEL_FLAT**2).sum(axis=1).mean()))
    focal_px = FOCAL_EYE_DISTANCES * unit_px
    camera = np.array([[focal_px, 0, centre[0]], [0, focal_px, centre[1]], [0, 0, 1]])
    start = np.array([0.0, 0.0, FOCAL_EYE_DISTANCES])
    found, turn, shift = cv2.solvePnP(
        MODEL, picture, camera, None, np.zeros(3), start, useExtrinsicGuess=True, flags=cv2.SOLVEPNP_ITERATIVE
    )
    if not found:
        return None
    projected = cv2.projectPoints(MODEL, turn, shift, camera, None)[0][:, 0]
    residual_px = float(np.sqrt(((projected - picture) ** 2).sum(axis=1).mean()))
    return np.asarray(cv2.Rodrigues(turn)[0], np.float64), residual_px


def pose_confidence(residual_px: float, face_px: float) -> float:
    """Return how surely a pose is right to 6 degrees (mean of its three angles), 0..1; 0 where there is no pose.

    ``residual_px`` is the pose's, ``face_px`` the longer side of the face's box. A logistic curve over the logarithm of
    their ratio, fitted to rendered heads of 30 people; ``docs/models/head-pose.md`` says how it holds on 30 others.
    """
    if not (math.isfinite(residual_px) and face_px > 0):
        return 0.0
    return float(1 / (1 + (residual_px / face_px / EVEN_RESIDUAL) ** RESIDUAL_STEEPNESS))


def angles_deg(rotation: Reals) -> tuple[float, float, float]:
    """Return yaw, pitch and roll in degrees of a rotation (3, 3) from the model's frame to the camera's."""
    x, y, z = rotation @ np.array([0.0, 0.0, -1.0])
    yaw, pitch = math.atan2(x, -z), math.asin(float(np.clip(-y, -1, 1)))
    rolled = looking(yaw, pitch).T @ rotation
    return math.degrees(yaw), math.degrees(pitch), math.degrees(math.atan2(rolled[1, 0], rolled[0, 0]))


def looking(yaw: float, pitch: float) -> Reals:
    """Return the rotation (3, 3) of a face turned by ``yaw`` to the image's right and ``pitch`` up, in radians."""
    sin_y, cos_y, sin_p, cos_p = math.sin(-yaw), math.cos(yaw), math.sin(-pitch), math.cos(pitch)
    sideways = np.array([[cos_y, 0, sin_y], [0, 1, 0], [-sin_y, 0, cos_y]])
    upwards = np.array([[1, 0, 0], [0, cos_p, -sin_p], [0, sin_p, cos_p]])
    return np.asarray(sideways @ upwards, np.float64)


_MODEL_FLAT = MODEL[:, :2] - MODEL[:, :2].mean(axis=0)
