"""One tile of each kind of difficulty, with the face's box in it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.galleries.backdrops import blurred, fitted, painted
from benchmarks.galleries.clips import Clip
from benchmarks.galleries.cutout import Cutout
from benchmarks.galleries.light import against_light, dimmed, relit
from benchmarks.galleries.overlays import camera_off, cartoon, draw_icons, draw_name, initials
from benchmarks.galleries.photos import Photo, face_box
from benchmarks.galleries.placing import Place, Placed, before, filled, placed
from benchmarks.galleries.truth import LARGE_HEIGHT_PX, MIN_HEIGHT_PX
from inference.vision.types import FloatArray, ImageArray

KINDS = ("plain", "blurred", "virtual", "low_light", "backlight", "aside", "icons", "photo", "clip")
"""What makes a face hard: nothing, a blurred or painted backdrop, light, a turned head, icons, a still, a real clip."""
EMPTY_KINDS = ("initials", "cartoon", "camera_off", "empty_room")
MAX_HEIGHT_PX, MAX_SHARE = 120.0, 0.72
BACKDROPS = 40


@dataclass(frozen=True, slots=True)
class Cast:
    """Who can be shown: photos, the same people cut out, and clips."""

    photos: tuple[Photo, ...]
    cutouts: tuple[Cutout, ...]
    clips: tuple[Clip, ...]


@dataclass(frozen=True, slots=True)
class TileShown:
    """A tile (h, w, 3) and, where there is a face, its box (4,) in the tile and who it is."""

    image_bgr: ImageArray
    box: FloatArray | None = None
    person: str = ""


def face_tile(kind: str, cast: Cast, size: tuple[int, int], random: np.random.Generator) -> TileShown:
    """Return a tile of ``size`` (width, height) with a face of ``kind``, 20 to 120 px high where composed."""
    if kind == "clip":
        return _from_clip(cast.clips[int(random.integers(len(cast.clips)))], size, random)
    rows = [row for row, photo in enumerate(cast.photos) if photo.is_aside == (kind == "aside")]
    row = int(random.choice(rows))
    if kind == "photo":
        return _still(cast.photos[row], size, random)
    person = placed(cast.cutouts[row], _place(size, random), size)
    image = scene(kind, cast.photos[row].image_bgr, person, _backdrop(size, random), random)
    if kind == "icons":
        draw_icons(image, person.box, random)
    return TileShown(image, person.box, cast.photos[row].person)


def empty_tile(kind: str, size: tuple[int, int], name: str, random: np.random.Generator) -> ImageArray:
    """Return a tile without a face."""
    if kind == "initials":
        return initials(size, name, random)
    if kind == "cartoon":
        return cartoon(size, random)
    return camera_off(size) if kind == "camera_off" else _backdrop(size, random)


def named(tile: TileShown, name: str) -> TileShown:
    """Return the tile with its name plate."""
    draw_name(tile.image_bgr, name)
    return tile


def scene(
    kind: str, photo_bgr: ImageArray, person: Placed, backdrop: ImageArray, random: np.random.Generator
) -> ImageArray:
    """Return a tile of the backdrop's size with the ``person`` of a photo, made hard to find as ``kind`` says."""
    size = backdrop.shape[1], backdrop.shape[0]
    if kind == "blurred":
        return before(blurred(fitted(photo_bgr, size), 0.12), person)
    if kind == "virtual":
        hard = np.clip((person.alpha - 0.5) * 8 + 0.5, 0, 1).astype(np.float32)
        return before(backdrop, Placed(person.image_bgr, hard, person.box))
    if kind == "backlight":
        backdrop, dark = against_light(backdrop, person.image_bgr, person.alpha, random)
        return before(backdrop, Placed(dark, person.alpha, person.box))
    whole = before(blurred(backdrop, 0.004), person)
    return dimmed(whole, random) if kind == "low_light" else relit(whole, 1.0, int(random.integers(100)))


def _still(photo: Photo, size: tuple[int, int], random: np.random.Generator) -> TileShown:
    """Return a photo in place of a camera: square, on dark or on a blurred copy of itself."""
    share = 114 / 160
    side = round(min(_height(size, random) / share, size[1]))
    x, y = (size[0] - side) // 2, (size[1] - side) // 2
    tile = camera_off(size) if random.random() < 0.5 else blurred(fitted(photo.image_bgr, size), 0.12)
    tile[y : y + side, x : x + side] = fitted(photo.image_bgr, (side, side))
    box = face_box() * np.float32(side / 160) + np.array([x, y, x, y], np.float32)
    return TileShown(tile, box, photo.person)


def _from_clip(clip: Clip, size: tuple[int, int], random: np.random.Generator) -> TileShown:
    number = int(random.integers(len(clip.images)))
    image, box = filled(clip.images[number], clip.boxes[number], size)
    if random.random() < 0.5:
        image = np.ascontiguousarray(image[:, ::-1])
        box = np.array([size[0] - box[2], box[1], size[0] - box[0], box[3]], np.float32)
    return TileShown(image, box, clip.person)


def _backdrop(size: tuple[int, int], random: np.random.Generator) -> ImageArray:
    return fitted(painted(int(random.integers(BACKDROPS))), size)


def _height(size: tuple[int, int], random: np.random.Generator) -> float:
    """Return a face's height: small ones and large ones equally often where the tile has room for both."""
    most = min(MAX_HEIGHT_PX, MAX_SHARE * size[1])
    is_small = random.random() < 0.5 or most <= LARGE_HEIGHT_PX
    low, high = (MIN_HEIGHT_PX, min(LARGE_HEIGHT_PX, most)) if is_small else (LARGE_HEIGHT_PX, most)
    return float(random.uniform(low, high))


def _place(size: tuple[int, int], random: np.random.Generator) -> Place:
    height = _height(size, random)
    x = random.uniform(0.35, 0.65) * size[0]
    y = random.uniform(0.56 * height + 0.02 * size[1], size[1] - 0.6 * height)
    return Place(height, (float(x), float(y)), float(random.uniform(-8, 8)))
