"""A portrait seen from the front made a head that can be turned: its 468 points, and rings of hair, ears and neck."""

from __future__ import annotations

import cv2
import numpy as np
from scipy.spatial import Delaunay

from benchmarks.poses.surface import Indices, Reals, Surface
from inference.vision.stages.landmarks import EYE_RING_IMAGE_LEFT, EYE_RING_IMAGE_RIGHT
from inference.vision.types import FloatArray, ImageArray

# The outline of the mesh, clockwise from the top of the forehead.
OVAL = (
    *(10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377),
    *(152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109),
)
# Rings about the outline, from inside out: how far from the middle of the outline, and how much deeper (eye distances),
# above (skull), at the sides (ears) and below (neck). Drawn from the proportions of a head, by eye.
RINGS = (
    ((1.14, 0.15), (1.08, 0.30), (1.02, 0.45)),
    ((1.30, 0.50), (1.18, 0.75), (1.10, 0.90)),
    ((1.42, 1.10), (1.28, 1.30), (1.30, 1.00)),
)


def head_of(portrait: ImageArray, mesh: FloatArray) -> Surface:
    """Return the head of a ``portrait`` from its mesh (468, 3) px, in eye distances about the mean of the mesh.

    The portrait is taken for a parallel projection: what it shows at a point lies straight behind that point.
    """
    points = mesh.astype(np.float64)
    points_px = np.concatenate([points, rings_of(points)])
    unit_px = eye_distance_px(mesh)
    return Surface(
        points=(points_px - points.mean(axis=0)) / unit_px,
        texture_px=points_px[:, :2],
        triangles=triangles_of(points_px[:, :2]),
        texture=portrait,
    )


def eye_distance_px(mesh: FloatArray) -> float:
    """Return the distance of the eyes' centres in a mesh (468, 3), in space."""
    left, right = (mesh[list(ring)].mean(axis=0) for ring in (EYE_RING_IMAGE_LEFT, EYE_RING_IMAGE_RIGHT))
    return float(np.linalg.norm(right - left))


def rings_of(points: Reals) -> Reals:
    """Return the points (3 x 36, 3) of the head about a mesh (468, 3), in its own unit."""
    oval = points[list(OVAL)]
    outwards = oval[:, :2] - oval[:, :2].mean(axis=0)
    up = -outwards[:, 1] / np.linalg.norm(outwards, axis=1)
    shares = np.stack([np.maximum(up, 0) ** 2, 1 - up**2, np.maximum(-up, 0) ** 2], axis=1)
    unit = eye_distance_px(np.asarray(points, np.float32))
    grown = [shares @ np.array(ring) for ring in RINGS]
    flat = [oval[:, :2] + outwards * (wide[:, :1] - 1) for wide in grown]
    return np.concatenate([
        np.column_stack([place, oval[:, 2] + unit * wide[:, 1]]) for place, wide in zip(flat, grown, strict=True)
    ])  # fmt: skip


def triangles_of(flat: Reals) -> Indices:
    """Return triangles (m, 3) over points (n, 2) as seen from the front, each clockwise in the picture."""
    corners = np.asarray(Delaunay(flat).simplices, np.int32)
    a, b, c = (flat[corners[:, k]] for k in range(3))
    is_clockwise = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) > (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    return np.where(is_clockwise[:, None], corners, corners[:, ::-1]).astype(np.int32)


def blurred(portrait: ImageArray, side_px: int) -> ImageArray:
    """Return the portrait as a background (side, side, 3) in which nobody is seen."""
    large = cv2.resize(portrait, (side_px, side_px), interpolation=cv2.INTER_LINEAR)
    return np.asarray(cv2.GaussianBlur(large, (0, 0), side_px / 8), np.uint8)
