"""Photos of LFW, deep-funneled, whose faces all lie in one place: so their boxes are known without any detector."""

from __future__ import annotations

import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import cv2
import numpy as np

from inference.vision.types import FloatArray, ImageArray

ARCHIVE = "lfw160.zip"
SIDE_PX = 160
# Funneling (Huang et al. 2012) puts all faces on one place and size. Of 399 photos all boxes were right by eye; the
# overlap with the box of the face mesh was 0.78 in the median, 0.60 in the worst hundredth.
FACE_BOX = (38.0, 28.0, 122.0, 142.0)


@dataclass(frozen=True, slots=True)
class Photo:
    """One person's photo (160, 160, 3); ``is_aside``: the head is turned away."""

    person: str
    image_bgr: ImageArray
    is_aside: bool


def face_box() -> FloatArray:
    """Return the box (4,) of the face in every photo."""
    return np.array(FACE_BOX, np.float32)


def read_photos(data: Path) -> list[Photo]:
    """Return the photos of ``people.toml`` from LFW's archive in folder ``data``.

    Raises:
        FileNotFoundError: the archive is not there.
    """
    chosen = tomllib.loads(Path(__file__).with_name("people.toml").read_text(encoding="utf-8"))
    with zipfile.ZipFile(data / ARCHIVE) as archive:
        return [
            Photo(person, _decoded(archive.read(f"{person}/{person}_0001.jpg")), kind == "aside")
            for kind in ("ahead", "aside")
            for person in chosen[kind]
        ]


def _decoded(content: bytes) -> ImageArray:
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    if image is None or image.shape != (SIDE_PX, SIDE_PX, 3):
        raise ValueError(f"a photo of {ARCHIVE} is no picture of {SIDE_PX} x {SIDE_PX}: fetch the archive again")
    return cast("ImageArray", image)
