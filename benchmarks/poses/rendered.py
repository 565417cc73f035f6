"""Portraits turned by known rotations: the pictures by which head pose is judged, each with its pose."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.poses.heads import blurred, head_of
from benchmarks.poses.real import first_photos
from benchmarks.poses.surface import Camera, Reals, draw
from inference.vision.stages.headpose import MESH_INDICES, MODEL, angles_deg, looking
from inference.vision.stages.landmarks import FaceMesh
from inference.vision.stages.pnp import rotation_in_space
from inference.vision.types import ImageArray

SIDE_PX, UNIT_PX = 224, 44.0
# From an arm's length before a laptop to a seat at the back of a room, in eye distances.
DISTANCES = (6.0, 14.0)
YAW_DEG, PITCH_DEG, ROLL_DEG = 60.0, 40.0, 30.0
LIMITS_DEG = np.array([YAW_DEG, PITCH_DEG, ROLL_DEG])
# Poses a person: straight, about one axis each, and about all three at once.
STRAIGHT, YAWS, PITCHES, ROLLS, MIXED = 1, 5, 4, 2, 8
FRONTAL_DEG = np.array([6.0, 8.0, 6.0])
SURE_PRESENCE = 0.9

See = Callable[[ImageArray], FaceMesh | None]


@dataclass(frozen=True, slots=True)
class Portrait:
    """A photo of a ``person`` who looks into the camera, with the mesh that was found on it."""

    person: str
    image: ImageArray
    mesh: FaceMesh


@dataclass(frozen=True, slots=True)
class Posed:
    """A rendered picture of a ``person``; ``pose_deg`` (3,) is yaw, pitch and roll with the signs of ``types``."""

    person: str
    image: ImageArray
    pose_deg: Reals


def portraits(data: Path, count: int, *, see: See, seed: int = 0) -> list[Portrait]:
    """Return the first ``count`` people of LFW, in an order drawn by ``seed``, whose first photo is near frontal.

    Raises:
        FileNotFoundError: the archive is not in ``data``.
        ValueError: there are not so many.
    """
    found: list[Portrait] = []
    for person, image in first_photos(data, seed=seed):
        mesh = see(image)
        if mesh is not None and is_frontal(mesh):
            found.append(Portrait(person, image, mesh))
        if len(found) == count:
            return found
    raise ValueError(f"Only {len(found)} of {count} people are seen from the front: ask for fewer.")


def is_frontal(mesh: FaceMesh) -> bool:
    """Return whether a mesh is surely a face and looks into the camera."""
    angles = angles_deg(own_rotation(mesh))
    return mesh.presence >= SURE_PRESENCE and bool((np.abs(angles) <= FRONTAL_DEG).all())


def own_rotation(mesh: FaceMesh) -> Reals:
    """Return the rotation (3, 3) of a face that nobody turned: that of the pose's model onto its mesh in space."""
    return rotation_in_space(MODEL, mesh.points[list(MESH_INDICES)].astype(np.float64))


def rendered(portrait: Portrait, *, seed: int) -> Iterator[Posed]:
    """Yield the portrait's head in each of its poses, from distances drawn by ``seed``."""
    random = np.random.default_rng(seed)
    head, background = head_of(portrait.image, portrait.mesh.points), blurred(portrait.image, SIDE_PX)
    own = own_rotation(portrait.mesh)
    for turn_deg in turns_deg(random):
        turn = rotation_of(*turn_deg)
        camera = Camera(SIDE_PX, float(random.uniform(*DISTANCES)), UNIT_PX)
        yield Posed(portrait.person, draw(head, turn, camera, background), angles_deg(turn @ own))


def turns_deg(random: np.random.Generator) -> Reals:
    """Return the turns (20, 3) of one person: yaw, pitch and roll, evenly drawn within their limits."""
    about = [(1, 1, 1)] * MIXED + [(1, 0, 0)] * YAWS + [(0, 1, 0)] * PITCHES + [(0, 0, 1)] * ROLLS
    about += [(0, 0, 0)] * STRAIGHT
    return np.asarray(random.uniform(-LIMITS_DEG, LIMITS_DEG, (len(about), 3)) * np.array(about), np.float64)


def rotation_of(yaw_deg: float, pitch_deg: float, roll_deg: float) -> Reals:
    """Return the rotation (3, 3) of which ``angles_deg`` gives these angles."""
    cos, sin = math.cos(math.radians(roll_deg)), math.sin(math.radians(roll_deg))
    roll = np.array([[cos, -sin, 0], [sin, cos, 0], [0, 0, 1]])
    return np.asarray(looking(math.radians(yaw_deg), math.radians(pitch_deg)) @ roll, np.float64)
