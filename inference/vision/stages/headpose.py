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

import numpy as np

from inference.vision.stages.pnp import Reals, nearest_rotation, rotation_in_picture, rotation_in_space
from inference.vision.types import FloatArray, HeadPose

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
EVEN_RESIDUAL, RESIDUAL_STEEPNESS = 0.0411, 2.73
LEAST_SPREAD_PX = 1e-6
NO_POSE = HeadPose(math.nan, math.nan, math.nan, math.nan)


def head_pose(mesh: FloatArray) -> HeadPose:
    """Return the pose of one face from its mesh (468, 2 or 3) in pixels; NaN where no pose fits."""
    return head_poses(mesh[None])[0]


def head_poses(meshes: FloatArray) -> list[HeadPose]:
    """Return the poses of faces from their meshes (n, 468, 2 or 3) in pixels; NaN where no pose fits."""
    return poses_of_points(meshes[:, list(MESH_INDICES)])


def poses_of_points(points: FloatArray) -> list[HeadPose]:
    """Return the poses that put ``MODEL`` onto ``points`` (n, 14, 2 or 3) in pixels; without depth, by PnP alone."""
    seen = points.astype(np.float64)
    centred = seen[..., :2] - seen[..., :2].mean(axis=1, keepdims=True)
    spread_px = np.sqrt((centred**2).sum(axis=2).mean(axis=1))
    fits = np.isfinite(seen).all(axis=(1, 2)) & (spread_px > LEAST_SPREAD_PX)
    found = np.full((len(seen), 4), np.nan)
    found[fits] = _fitted(seen[fits], centred[fits], spread_px[fits])
    return [HeadPose(*row) for row in found.tolist()]


def _fitted(points: Reals, centred: Reals, spread_px: Reals) -> Reals:
    """Return (n, 4) yaw, pitch, roll and residual of faces that have a size.

    The camera is centred on the face, not on the frame: in a gallery each tile has a camera of its own.
    """
    focal_px = FOCAL_EYE_DISTANCES * spread_px / _MODEL_SPREAD
    has_depth = points.shape[2] > 2
    start = rotation_in_space(MODEL, points) if has_depth else np.tile(np.eye(3), (len(points), 1, 1))
    picture = centred / focal_px[:, None, None]
    rotation, error = rotation_in_picture(MODEL, picture, start, distance=FOCAL_EYE_DISTANCES)
    residual_px = focal_px * np.sqrt((error**2).sum(axis=2).mean(axis=1))
    pose = nearest_rotation(rotation + start) if has_depth else rotation
    return np.column_stack([angles_deg(pose), residual_px])


def pose_confidence(residual_px: float, face_px: float) -> float:
    """Return how surely a pose is right to 6 degrees (mean of its three angles), 0..1; 0 where there is no pose.

    ``residual_px`` is the pose's, ``face_px`` the longer side of the face's box. A logistic curve over the logarithm of
    their ratio, fitted to rendered heads of 30 people; ``docs/models/head-pose.md`` says how it holds on 30 others.
    """
    if not (math.isfinite(residual_px) and face_px > 0):
        return 0.0
    return float(1 / (1 + (residual_px / face_px / EVEN_RESIDUAL) ** RESIDUAL_STEEPNESS))


def angles_deg(rotation: Reals) -> Reals:
    """Return yaw, pitch and roll (..., 3) in degrees of rotations (..., 3, 3) from the model's frame to a camera's."""
    x, y, z = np.moveaxis(-rotation[..., 2], -1, 0)
    yaw, pitch = np.arctan2(x, -z), np.arcsin(np.clip(-y, -1, 1))
    first, second, third = np.moveaxis(rotation[..., 0], -1, 0)
    # What is left of the model's x axis once yaw and pitch are turned back: ``looking(yaw, pitch).T @ rotation``.
    along = np.cos(yaw) * first + np.sin(yaw) * third
    below = np.sin(pitch) * (np.sin(yaw) * first - np.cos(yaw) * third) + np.cos(pitch) * second
    return np.asarray(np.degrees(np.stack([yaw, pitch, np.arctan2(below, along)], axis=-1)), np.float64)


def looking(yaw: float, pitch: float) -> Reals:
    """Return the rotation (3, 3) of a face turned by ``yaw`` to the image's right and ``pitch`` up, in radians."""
    sin_y, cos_y, sin_p, cos_p = math.sin(-yaw), math.cos(yaw), math.sin(-pitch), math.cos(pitch)
    sideways = np.array([[cos_y, 0, sin_y], [0, 1, 0], [-sin_y, 0, cos_y]])
    upwards = np.array([[1, 0, 0], [0, cos_p, -sin_p], [0, sin_p, cos_p]])
    return np.asarray(sideways @ upwards, np.float64)


_MODEL_SPREAD = float(np.sqrt(((MODEL[:, :2] - MODEL[:, :2].mean(axis=0)) ** 2).sum(axis=1).mean()))
