"""Small made-up pictures and a recipe that takes them."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from inference.vision.training.recipe import Input, Profile, Recipe
from inference.vision.types import ImageArray

RECIPE = Recipe("eca_resnet", "default", "images", Input(16, 0.5, 0.25, margin_px=2), {}, Profile())


def picture(seed: int, height: int = 20, width: int = 20) -> ImageArray:
    """Return noise (height, width) that no other seed gives."""
    return np.random.default_rng(seed).integers(0, 256, (height, width), dtype=np.uint8)


def put(path: Path, image: ImageArray) -> Path:
    """Write ``image`` to ``path`` in the format that its suffix names."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(cv2.imencode(path.suffix, image)[1].tobytes())
    return path


def cut(path: Path) -> None:
    """Leave the first half of the file at ``path``."""
    content = path.read_bytes()
    path.write_bytes(content[: len(content) // 2])
