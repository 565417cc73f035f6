"""Portraits turned by known angles, for what is read on a face that looks away."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.poses.heads import blurred, head_of
from benchmarks.poses.rendered import SIDE_PX, UNIT_PX, Portrait, own_rotation, rotation_of
from benchmarks.poses.surface import Camera, draw
from inference.vision.types import ImageArray

DISTANCE = 9.0
YAWS_DEG = (-60, -50, -40, -30, -25, -20, -10, 10, 20, 25, 30, 40, 50, 60)
PITCHES_DEG = (-40, -30, -25, -20, -10, 10, 20, 30, 40)
STRAIGHT = (0, 0)
POSES_DEG = (STRAIGHT, *((yaw, 0) for yaw in YAWS_DEG), *((0, pitch) for pitch in PITCHES_DEG))


def turned(people: Sequence[Portrait]) -> dict[tuple[int, int], list[ImageArray]]:
    """Return pictures of each person by yaw and pitch in degrees; at (0, 0) all look into the camera."""
    pictures: dict[tuple[int, int], list[ImageArray]] = {pose: [] for pose in POSES_DEG}
    camera = Camera(SIDE_PX, DISTANCE, UNIT_PX)
    for person in people:
        head, background = head_of(person.image, person.mesh.points), blurred(person.image, SIDE_PX)
        straight = np.linalg.inv(own_rotation(person.mesh))
        for (yaw, pitch), drawn in pictures.items():
            drawn.append(draw(head, rotation_of(yaw, pitch, 0) @ straight, camera, background))
    return pictures
