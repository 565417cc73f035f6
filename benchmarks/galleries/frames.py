"""Gallery frames of 720p with known faces, 2 x 2 to 7 x 7 tiles: the same ones every time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import cast as typed

import cv2
import numpy as np

from benchmarks.galleries.clips import read_clips
from benchmarks.galleries.cutout import cut_out
from benchmarks.galleries.photos import read_photos
from benchmarks.galleries.tiles import EMPTY_KINDS, KINDS, Cast, TileShown, empty_tile, face_tile, named
from benchmarks.galleries.truth import Face, GalleryFrame
from inference.vision.gallery import GAP_PX
from inference.vision.types import ImageArray

SIZE = (1280, 720)
SIDES = range(2, 8)
SEED = 31
EMPTY_SHARE, NAMED_SHARE = 0.22, 0.8


def read_cast(data: Path) -> Cast:
    """Return everybody of folder ``data``."""
    photos = tuple(read_photos(data))
    return Cast(photos, tuple(cut_out(photo) for photo in photos), tuple(read_clips(data)))


def gallery_frames(cast: Cast, count: int) -> Iterator[GalleryFrame]:
    """Yield ``count`` frames, as many of each number of tiles as can be."""
    for number in range(count):
        yield gallery_frame(cast, SIDES[number % len(SIDES)], np.random.default_rng([SEED, number]))


def gallery_frame(cast: Cast, side: int, random: np.random.Generator) -> GalleryFrame:
    """Return one frame of ``side`` x ``side`` tiles, once through JPEG."""
    canvas = np.full((SIZE[1], SIZE[0], 3), int(random.integers(10, 40)), np.uint8)
    size = SIZE[0] // side - GAP_PX, SIZE[1] // side - GAP_PX
    faces = []
    for tile in range(side * side):
        kind = _kind(random)
        shown = _tile(kind, cast, size, random)
        corner = tile % side * (SIZE[0] // side), tile // side * (SIZE[1] // side)
        canvas[corner[1] : corner[1] + size[1], corner[0] : corner[0] + size[0]] = shown.image_bgr
        if shown.box is not None:
            faces.append(Face(shown.box + np.array(corner * 2, np.float32), shown.person, tile, kind))
    return GalleryFrame(compressed(canvas, int(random.integers(60, 95))), tuple(faces))


def compressed(image_bgr: ImageArray, quality: int) -> ImageArray:
    """Return the picture with the marks that JPEG of ``quality`` leaves."""
    _, content = cv2.imencode(".jpg", image_bgr, [cv2.IMWRITE_JPEG_QUALITY, quality])
    return typed("ImageArray", cv2.imdecode(content, cv2.IMREAD_COLOR))


def _kind(random: np.random.Generator) -> str:
    kinds = EMPTY_KINDS if random.random() < EMPTY_SHARE else KINDS
    return kinds[int(random.integers(len(kinds)))]


def _tile(kind: str, cast: Cast, size: tuple[int, int], random: np.random.Generator) -> TileShown:
    name = cast.photos[int(random.integers(len(cast.photos)))].person.replace("_", " ")
    show = partial(face_tile, kind, cast) if kind in KINDS else partial(_empty, kind, name)
    tile = show(size, random)
    return named(tile, name) if random.random() < NAMED_SHARE else tile


def _empty(kind: str, name: str, size: tuple[int, int], random: np.random.Generator) -> TileShown:
    return TileShown(empty_tile(kind, size, name, random))
