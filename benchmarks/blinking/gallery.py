"""A compressed recording of people in a 720p gallery, with faces of known sizes, each of whom blinks at known times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast as cast_type

import av
import cv2
import numpy as np
from av import VideoStream

from benchmarks.blinking.acting import Act, act_of
from benchmarks.blinking.lids import with_closed_eyes
from benchmarks.poses.rendered import Portrait
from inference.vision.types import ImageArray

SIZE, GRID = (1280, 720), 5
TILE = (SIZE[0] // GRID, SIZE[1] // GRID)
LEVELS = 8
FPS = 25
# About 0.6 Mbit/s for 25 tiles: a third of what a real recorded gallery (shared/media) spends on so large a picture.
CODEC, OPTIONS = "libx264", {"crf": "20", "preset": "veryfast"}


@dataclass(frozen=True, slots=True)
class Actor:
    """One person: pictures with the lids ever lower, as large as they are shown, and the middle of the face in them."""

    face_px: float
    pictures: tuple[ImageArray, ...]
    middle: tuple[float, float]
    act: Act

    def tile(self, now_s: float) -> ImageArray:
        """Return the person's tile at a time."""
        picture = self.pictures[round(self.act.closed_share(now_s) * (LEVELS - 1))]
        right, down, turn_deg = self.act.place(now_s)
        matrix = np.asarray(cv2.getRotationMatrix2D(self.middle, turn_deg, 1.0), np.float64)
        matrix[:, 2] += np.array(TILE) / 2 - self.middle + np.array([right, down]) * self.face_px
        return np.asarray(cv2.warpAffine(picture, matrix, TILE, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def actor_of(person: Portrait, *, seed: int, face_px: float, duration_s: float) -> Actor:
    """Return a ``person`` so large that the longer side of the mesh is ``face_px``, with what ``seed`` does."""
    box = person.mesh.bbox_xyxy
    scale = face_px / float(max(box[2] - box[0], box[3] - box[1]))
    levels = with_closed_eyes(person.image, person.mesh.points, np.linspace(0, 1, LEVELS).tolist())
    height, width = (round(side * scale) for side in person.image.shape[:2])
    pictures = [cv2.resize(level, (width, height), interpolation=cv2.INTER_AREA) for level in levels]
    x, y = (float(end) for end in (box[:2] + box[2:]) / 2 * scale)
    return Actor(face_px, tuple(np.asarray(each, np.uint8) for each in pictures), (x, y), act_of(seed, duration_s))


def write_recording(path: Path, cast: Sequence[Actor], duration_s: float) -> Path:
    """Write the gallery of at most 25 actors as a compressed recording."""
    with av.open(str(path), "w") as container:
        stream = cast_type("VideoStream", container.add_stream(CODEC, rate=FPS, options=OPTIONS))
        stream.width, stream.height = SIZE
        stream.pix_fmt = "yuv420p"
        for image in _frames(cast, duration_s):
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode())
    return path


def tile_of(x: float, y: float) -> int:
    """Return the number of the tile that a point of the frame is in."""
    column, row = int(np.clip(x // TILE[0], 0, GRID - 1)), int(np.clip(y // TILE[1], 0, GRID - 1))
    return row * GRID + column


def _frames(cast: Sequence[Actor], duration_s: float) -> Iterator[ImageArray]:
    for number in range(round(duration_s * FPS)):
        canvas = np.full((SIZE[1], SIZE[0], 3), 20, np.uint8)
        for place, actor in enumerate(cast):
            row, column = divmod(place, GRID)
            top, left = row * TILE[1], column * TILE[0]
            canvas[top : top + TILE[1], left : left + TILE[0]] = actor.tile(number / FPS)
        yield canvas
