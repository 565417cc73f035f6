"""One picture of a head in labelled poses. The head is the mean of many: nobody's likeness is published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np

from benchmarks.poses.heads import blurred, head_of, triangles_of
from benchmarks.poses.rendered import SIDE_PX, UNIT_PX, Portrait, rotation_of
from benchmarks.poses.surface import Camera, Surface, draw
from inference.vision.types import ImageArray

TURNS_DEG = (
    ((0, 0, 0), (30, 0, 0), (-30, 0, 0), (0, 25, 0), (0, -25, 0)),
    ((0, 0, 20), (0, 0, -20), (60, 0, 0), (40, -25, 15), (-30, 20, -10)),
)
DISTANCE, FAR = 10.0, 1000.0
CELL_PX = 180


def write_sheet(path: Path, people: Sequence[Portrait]) -> None:
    """Write the mean head of ``people`` in each turn, with what it was turned by."""
    head = mean_head(people)
    sheet = np.vstack([np.hstack([_cell(head, turn) for turn in row]) for row in TURNS_DEG])
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), sheet, [cv2.IMWRITE_PNG_COMPRESSION, 9])


def mean_head(people: Sequence[Portrait]) -> Surface:
    """Return the head of mean shape, covered with the mean of what covers each."""
    heads = [head_of(person.image, person.mesh.points) for person in people]
    points = np.mean([head.points for head in heads], axis=0)
    triangles = triangles_of(points[:, :2])
    seen = [_from_afar(replace(head, points=points, triangles=triangles)).astype(np.float32) for head in heads]
    texture = np.mean(seen, axis=0).round().astype(np.uint8)
    return Surface(points, points[:, :2] * UNIT_PX + SIDE_PX / 2, triangles, np.asarray(texture, np.uint8))


def _from_afar(head: Surface) -> ImageArray:
    return draw(head, np.eye(3), Camera(SIDE_PX, FAR, UNIT_PX), blurred(head.texture, SIDE_PX))


def _cell(head: Surface, turn_deg: tuple[float, float, float]) -> ImageArray:
    camera = Camera(SIDE_PX, DISTANCE, UNIT_PX)
    picture = draw(head, rotation_of(*turn_deg), camera, np.full((SIDE_PX, SIDE_PX, 3), 224, np.uint8))
    cell = cv2.resize(picture, (CELL_PX, CELL_PX), interpolation=cv2.INTER_AREA)
    text = "yaw {:+d}  pitch {:+d}  roll {:+d}".format(*turn_deg)
    cv2.putText(cell, text, (6, CELL_PX - 6), cv2.FONT_HERSHEY_SIMPLEX, 0.31, (32, 32, 32), 1, cv2.LINE_AA)
    return np.asarray(cell, np.uint8)
