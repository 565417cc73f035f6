"""One picture of faces and what the gate says of them, from public photos."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from benchmarks.poses.heads import blurred, head_of
from benchmarks.poses.rendered import SIDE_PX, UNIT_PX, own_rotation, rotation_of
from benchmarks.poses.surface import Camera, draw
from benchmarks.qualities.degraded import Seen, moving, out_of_focus, shrunk
from benchmarks.qualities.occluders import OCCLUDERS
from benchmarks.qualities.reading import Reader
from inference.vision.types import ImageArray

CELL_PX, FACE_SHARE = 130, 0.62
FOUND, REJECTED = (60, 130, 40), (40, 40, 190)
SMALL_PX, FOCUS, MOTION = 12.0, 0.06, 0.25
TURNS_DEG = ((15, 0), (40, 0), (-40, 0), (0, -35))


def write_sheet(path: Path, faces: Sequence[Seen], reader: Reader) -> None:
    """Write a row of each of three people: as they are, made worse, covered, turned; each with the gate's answer."""
    random = np.random.default_rng(3)
    rows = []
    for seen in faces[:3]:
        points = reader.meshes([seen])[0].points
        worse = [seen, shrunk(seen, 20.0), shrunk(seen, SMALL_PX), out_of_focus(seen, FOCUS), moving(seen, MOTION)]
        covered = [cover(seen, points, random) for cover in OCCLUDERS.values()]
        rows.append(np.hstack([_cell(each, reader) for each in [*worse, *covered, *_turned(seen, reader)]]))
    half = rows[0].shape[1] // 2 // CELL_PX * CELL_PX + CELL_PX
    blocks = [part for row in rows for part in (row[:, :half], _widened(row[:, half:], half))]
    path.parent.mkdir(parents=True, exist_ok=True)
    small = cv2.cvtColor(np.vstack(blocks), cv2.COLOR_BGR2RGB)
    _write_palette(path, np.asarray(small, np.uint8))


def _turned(seen: Seen, reader: Reader) -> list[Seen]:
    mesh = reader.meshes([seen])[0]
    head, background = head_of(seen.image, mesh.points), blurred(seen.image, SIDE_PX)
    straight, camera = np.linalg.inv(own_rotation(mesh)), Camera(SIDE_PX, 9.0, UNIT_PX)
    pictures = [draw(head, rotation_of(*turn, 0) @ straight, camera, background) for turn in TURNS_DEG]
    return [found for picture in pictures if (found := reader.seen(picture)) is not None]


def _cell(seen: Seen, reader: Reader) -> ImageArray:
    """Return the face, enlarged, with what the gate says below it."""
    answer = str(reader([seen]).rejections[0])
    box = seen.face.bbox_xyxy
    side = float(max(box[2:] - box[:2])) / FACE_SHARE
    left, top = (box[:2] + box[2:] - side) / 2
    scale = side / CELL_PX
    matrix = np.array([[scale, 0, left], [0, scale, top]])
    flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
    face = cv2.warpAffine(seen.image, matrix, (CELL_PX, CELL_PX), flags=flags, borderMode=cv2.BORDER_REPLICATE)
    cell = np.full((CELL_PX + 20, CELL_PX, 3), 255, np.uint8)
    cell[:CELL_PX] = face
    colour = REJECTED if answer else FOUND
    cv2.rectangle(cell, (0, 0), (CELL_PX - 1, CELL_PX - 1), colour, 3)
    cv2.putText(cell, answer or "read", (4, CELL_PX + 14), cv2.FONT_HERSHEY_SIMPLEX, 0.45, colour, 1, cv2.LINE_AA)
    return cell


def _widened(block: ImageArray, width: int) -> ImageArray:
    return np.asarray(np.pad(block, ((0, 0), (0, width - block.shape[1]), (0, 0)), constant_values=255), np.uint8)


def _write_palette(path: Path, image_rgb: ImageArray) -> None:
    """Write a PNG of 128 colours: a third of the size, and nothing to see of it."""
    from PIL import Image

    Image.fromarray(image_rgb).quantize(128).save(path, optimize=True)
