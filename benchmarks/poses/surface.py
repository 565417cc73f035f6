"""A textured surface drawn in perspective: painter's order, then each pixel's texture through its triangle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import cv2
import numpy as np
import numpy.typing as npt

from inference.vision.types import ImageArray

Reals: TypeAlias = npt.NDArray[np.float64]
Indices: TypeAlias = npt.NDArray[np.int32]

OVERSAMPLING = 2
SUBPIXEL_BITS = 4
NOTHING = -1
# Triangles that are seen from the side, or from behind, show nothing.
MIN_AREA_PX = 0.01
# The cut edge of a head would be the sharpest line in the picture.
FEATHER_PX = 1.5


@dataclass(frozen=True, slots=True)
class Surface:
    """``points`` (n, 3): x to the right, y down, z away; where each lies in ``texture`` (n, 2) px; triangles (m, 3).

    Triangles are seen from outside where they run clockwise in the picture.
    """

    points: Reals
    texture_px: Reals
    triangles: Indices
    texture: ImageArray


@dataclass(frozen=True, slots=True)
class Camera:
    """A square picture of ``side_px``; what is ``distance`` away is drawn at ``unit_px`` pixels a unit."""

    side_px: int
    distance: float
    unit_px: float


def draw(surface: Surface, rotation: Reals, camera: Camera, background: ImageArray) -> ImageArray:
    """Return ``background`` (side, side, 3) and before it the surface, turned by ``rotation`` (3, 3) about its origin.

    What the surface hides of itself, and what looks away from the camera, is not seen.
    """
    side = camera.side_px * OVERSAMPLING
    placed = surface.points @ rotation.T + [0, 0, camera.distance]
    depth = placed[:, 2]
    scale = camera.distance * camera.unit_px * OVERSAMPLING
    seen = placed[:, :2] / depth[:, None] * scale + side / 2
    triangles = facing(surface.triangles, seen)
    owner = owners(triangles, seen, depth, side)
    to_texture = homographies(seen[triangles], surface.texture_px[triangles], depth[triangles])
    drawn = _textured(surface.texture, owner, to_texture)
    return _over(background, drawn, owner != NOTHING)


def facing(triangles: Indices, seen: Reals) -> Indices:
    """Return the triangles (k, 3) that turn their outside to the camera when their corners are ``seen`` (n, 2)."""
    a, b, c = (seen[triangles[:, corner]] for corner in range(3))
    area_px = ((b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])) / 2
    return np.asarray(triangles[area_px > MIN_AREA_PX], np.int32)


def owners(triangles: Indices, seen: Reals, depth: Reals, side: int) -> Indices:
    """Return which triangle each pixel (side, side) shows, or ``NOTHING``: far ones are painted first."""
    corners = np.round(seen[triangles] * 2**SUBPIXEL_BITS).astype(np.int32)
    owner = np.full((side, side), NOTHING, np.int32)
    for index in np.argsort(-depth[triangles].mean(axis=1)):
        cv2.fillConvexPoly(owner, corners[index], int(index), shift=SUBPIXEL_BITS)
    return owner


def homographies(seen: Reals, texture_px: Reals, depth: Reals) -> Reals:
    """Return (k, 3, 3), which take a pixel (x, y, 1) of each triangle to its texture (u w, v w, w), in perspective.

    ``seen`` and ``texture_px`` (k, 3, 2) are its corners in picture and texture, ``depth`` (k, 3) theirs. What is
    linear on the triangle is, over depth, linear in the picture.
    """
    ones = np.ones((*depth.shape, 1))
    from_picture = np.linalg.inv(np.concatenate([seen, ones], axis=2).transpose(0, 2, 1))
    over_depth = np.concatenate([texture_px, ones], axis=2) / depth[:, :, None]
    return np.asarray(over_depth.transpose(0, 2, 1) @ from_picture, np.float64)


def _textured(texture: ImageArray, owner: Indices, to_texture: Reals) -> ImageArray:
    rows, columns = np.nonzero(owner != NOTHING)
    matrices = to_texture[owner[rows, columns]]
    u, v, w = (matrices[:, k, 0] * columns + matrices[:, k, 1] * rows + matrices[:, k, 2] for k in range(3))
    across, down = np.full((2, *owner.shape), -1, np.float32)
    across[rows, columns], down[rows, columns] = u / w, v / w
    drawn = cv2.remap(texture, across, down, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(drawn, np.uint8)


def _over(background: ImageArray, drawn: ImageArray, is_drawn: npt.NDArray[np.bool_]) -> ImageArray:
    """Return the drawn pixels, averaged to the background's size, before it; the edge is soft."""
    size = background.shape[1::-1]
    cover = is_drawn.astype(np.float32)
    share = cv2.resize(cover, size, interpolation=cv2.INTER_AREA)
    colour = (
        cv2.resize(drawn * cover[:, :, None], size, interpolation=cv2.INTER_AREA) / np.maximum(share, 1e-6)[:, :, None]
    )
    inside = cv2.GaussianBlur(share, (0, 0), FEATHER_PX) * 2 - 1
    alpha = np.clip(np.minimum(share, inside), 0, 1)[:, :, None]
    return np.asarray((colour * alpha + background * (1 - alpha)).round().clip(0, 255), np.uint8)
