"""Real people: pictures from clips, with faces marked by hand."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from inference.vision.types import FloatArray, ImageArray
from inference.vision.video import FrameReader, Sampling
from inference.vision.weights import asset_path

MARKED_FPS = 2.0


@dataclass(frozen=True, slots=True)
class Clip:
    """One person's pictures (n, h, w, 3), in order, with the face's box (n, 4) in each."""

    person: str
    images: tuple[ImageArray, ...]
    boxes: FloatArray


def read_clips(data: Path) -> list[Clip]:
    """Return the people of ``clips.toml``; ``media/`` stands beside folder ``data``, ``clips/`` is fetched at set-up.

    Raises:
        FileNotFoundError: a clip is not there.
        WeightsError: a clip was not fetched.
    """
    rows = tomllib.loads(Path(__file__).with_name("clips.toml").read_text(encoding="utf-8"))["clip"]
    return [_clip(row["person"], _path(row["file"], data), row["window"], row["boxes"]) for row in rows]


def there_and_back(step: int, count: int) -> int:
    """Return which of ``count`` pictures is shown at ``step``, so that a clip never jumps."""
    position = step % max(2 * count - 2, 1)
    return min(position, 2 * count - 2 - position)


def _path(name: str, data: Path) -> Path:
    return data.parent / name if name.startswith("media/") else asset_path(name)


def _clip(person: str, path: Path, window: Sequence[int], marks: Sequence[Sequence[float]]) -> Clip:
    left, top, right, bottom = window
    wanted = {round(mark[0] * MARKED_FPS) for mark in marks}
    frames = [frame for frame in FrameReader(path, Sampling(MARKED_FPS, 60.0)) if frame.index in wanted]
    if len(frames) != len(marks):
        raise ValueError(f"{path} has {len(frames)} of the {len(marks)} marked pictures: it is another clip.")
    images = tuple(frame.image_bgr[top:bottom, left:right].copy() for frame in frames)
    return Clip(person, images, np.array([mark[1:] for mark in marks], np.float32))
