"""One picture of a face and what the gate says of it. It is the mean of many: nobody's likeness is published."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import cv2
import numpy as np

from benchmarks.poses.heads import blurred
from benchmarks.poses.rendered import SIDE_PX, UNIT_PX, Portrait, rotation_of
from benchmarks.poses.sheet import mean_head
from benchmarks.poses.surface import Camera, draw
from benchmarks.qualities.degraded import Seen, moving, out_of_focus, shrunk
from benchmarks.qualities.occluders import OCCLUDERS
from benchmarks.qualities.reading import Reader
from inference.vision.types import ImageArray

CELL_PX, FACE_SHARE = 130, 0.62
FOUND, REJECTED = (60, 130, 40), (40, 40, 190)
SMALL_PX, FOCUS, MOTION = 12.0, 0.06, 0.25
TURNS_DEG = ((0, 0), (15, 0), (40, 0), (-40, 0), (0, -40))
COLUMNS = 8


def write_sheet(path: Path, people: Sequence[Portrait], reader: Reader) -> None:
    """Write the mean head of ``people`` as it is, made worse, covered and turned, each with the gate's answer.

    Raises:
        ValueError: no face is found on the head that looks into the camera.
    """
    seen, *turned = _turned(people, reader)
    random, points = np.random.default_rng(0), reader.meshes([seen])[0].points
    worse = [shrunk(seen, 20.0), shrunk(seen, SMALL_PX), out_of_focus(seen, FOCUS), moving(seen, MOTION)]
    covered = [cover(seen, points, random) for cover in OCCLUDERS.values()]
    cells = [_cell(each, reader) for each in [seen, *worse, *covered, *turned]]
    cells += [np.full_like(cells[0], 255)] * (-len(cells) % COLUMNS)
    rows = [np.hstack(cells[start : start + COLUMNS]) for start in range(0, len(cells), COLUMNS)]
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.vstack(rows), [cv2.IMWRITE_PNG_COMPRESSION, 9])


def _turned(people: Sequence[Portrait], reader: Reader) -> list[Seen]:
    head, background = mean_head(people), blurred(people[0].image, SIDE_PX)
    pictures = [draw(head, rotation_of(*turn, 0), Camera(SIDE_PX, 9.0, UNIT_PX), background) for turn in TURNS_DEG]
    found = [reader.seen(picture) for picture in pictures]
    if found[0] is None:
        raise ValueError("No face is found on the mean head: take other people.")
    return [seen for seen in found if seen is not None]


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
