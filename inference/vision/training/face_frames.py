"""Frames with marked faces, packed into one file: what the face detector learns from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from inference.vision.types import FloatArray, ImageArray

Marks = Sequence[tuple[FloatArray, FloatArray]]


@dataclass(frozen=True, slots=True)
class FaceFrames:
    """``count`` frames as JPEG, and all faces in them: boxes (m, 4), points (m, 5, 2), and each one's frame (m,)."""

    pictures: tuple[bytes, ...]
    boxes: FloatArray
    points: FloatArray
    frames: npt.NDArray[np.int64]

    @classmethod
    def of(cls, image_bgr: ImageArray, faces: Marks, *, quality: int) -> FaceFrames:
        """Return one frame with ``faces``, each a box (4,) and five points (5, 2), compressed at ``quality``."""
        _, content = cv2.imencode(".jpg", image_bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
        boxes = np.array([box for box, _ in faces], np.float32).reshape(-1, 4)
        points = np.array([marks for _, marks in faces], np.float32).reshape(-1, 5, 2)
        return cls((content.tobytes(),), boxes, points, np.zeros(len(boxes), np.int64))

    def __len__(self) -> int:
        return len(self.pictures)

    def image(self, row: int) -> ImageArray:
        """Return frame ``row`` (h, w, 3), BGR."""
        return np.asarray(cv2.imdecode(np.frombuffer(self.pictures[row], np.uint8), cv2.IMREAD_COLOR), np.uint8)

    def faces(self, row: int) -> tuple[FloatArray, FloatArray]:
        """Return the boxes (k, 4) and points (k, 5, 2) of frame ``row``."""
        here = self.frames == row
        return self.boxes[here], self.points[here]


def pack(frames: Iterable[FaceFrames], path: Path) -> None:
    """Write packs of one frame each into the file ``path``."""
    packs = list(frames)
    pictures = [picture for each in packs for picture in each.pictures]
    np.savez(
        path,
        ends=np.cumsum([len(picture) for picture in pictures]),
        pictures=np.frombuffer(b"".join(pictures), np.uint8),
        boxes=np.concatenate([each.boxes for each in packs]),
        points=np.concatenate([each.points for each in packs]),
        frames=np.repeat(np.arange(len(packs)), [len(each.boxes) for each in packs]),
    )


def unpack(path: Path) -> FaceFrames:
    """Return the frames of ``path``.

    Raises:
        FileNotFoundError: it is not there; the text says how it is made.
    """
    if not path.is_file():
        raise FileNotFoundError(f"{path} is missing: python -m benchmarks.galleries.teaching composes it.")
    kept = np.load(path)
    content = kept["pictures"].tobytes()
    ends = [0, *kept["ends"].tolist()]
    pictures = tuple(content[start:end] for start, end in pairwise(ends))
    return FaceFrames(pictures, kept["boxes"], kept["points"], kept["frames"])
