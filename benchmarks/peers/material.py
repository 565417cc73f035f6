"""What every program gets: a recording of a gallery of 25 faces, and still frames whose faces are known."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import cv2

from benchmarks.galleries.frames import SIDES, SIZE, gallery_frames, read_cast
from benchmarks.galleries.truth import GalleryFrame
from benchmarks.lecture import FACES, FPS
from inference.vision.gallery import GAP_PX, compose, grid, many_tiles
from inference.vision.weights import asset_path

SAMPLE_FPS = 1.0
Rect = tuple[int, int, int, int]


def write_material(folder: Path, *, data: Path, seconds: int, stills: int) -> list[GalleryFrame]:
    """Write recording, stills and facts into ``folder``; return the stills with what is true of them."""
    compose(
        folder / "recording.mp4",
        many_tiles(asset_path("clips/single_face.mp4").parent, FACES),
        duration_s=seconds,
        fps=FPS,
    )
    frames = list(gallery_frames(read_cast(data), stills))
    for number, frame in enumerate(frames):
        cv2.imwrite(str(folder / f"{number}.png"), frame.image_bgr)
    facts = {
        "sample_fps": SAMPLE_FPS,
        "recording_tiles": list(tiles(*grid(FACES))),
        "stills_tiles": [list(tiles(side, side)) for side in _sides(stills)],
    }
    (folder / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
    return frames


def tiles(columns: int, rows: int) -> Iterator[Rect]:
    """Yield left, top, width and height of each tile, in reading order."""
    width, height = SIZE[0] // columns, SIZE[1] // rows
    for place in range(columns * rows):
        yield place % columns * width, place // columns * height, width - GAP_PX, height - GAP_PX


def _sides(count: int) -> list[int]:
    return [SIDES[number % len(SIDES)] for number in range(count)]
