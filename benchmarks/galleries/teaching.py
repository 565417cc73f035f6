"""Composes gallery frames that the face detector learns from, into one file a split.

    python -m benchmarks.galleries.teaching --data ../shared/data --out runs/face_detector

Like the benchmark's frames in kind, but with other people, other backdrops, faces of 13 to 170 px, heads seen from
behind, and heads bowed or half covered.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from benchmarks.galleries.backdrops import blurred, fitted
from benchmarks.galleries.overlays import camera_off, cartoon, draw_icons, draw_name, initials
from benchmarks.galleries.placing import Place, placed, placed_points
from benchmarks.galleries.pupils import Pupil, engagement_pupils, lfw_pupils
from benchmarks.galleries.textures import HardTextures, Textures, turned_away
from benchmarks.galleries.tiles import scene
from inference.vision.gallery import GAP_PX
from inference.vision.training.face_frames import FaceFrames, pack
from inference.vision.types import FloatArray, ImageArray

WIDTH, HEIGHT = 1280, 720
SIDES, SIDE_SHARES = (1, 2, 3, 4, 5, 6, 7), (0.04, 0.14, 0.2, 0.22, 0.2, 0.12, 0.08)
KINDS = ("plain", "blurred", "virtual", "low_light", "backlight", "icons", "photo", "bowed", "away")
SHARES = (0.12, 0.06, 0.10, 0.15, 0.15, 0.10, 0.10, 0.12, 0.10)
EMPTY_SHARE, NAMED_SHARE, ASIDE_SHARE = 0.2, 0.7, 0.25
MIN_FACE_PX, MAX_FACE_PX, MAX_SHARE = 13.0, 170.0, 0.8
PEOPLE = {"train": 2600, "validation": 220, "hard": 500}
FRAMES = {"train": 1500, "validation": 40, "hard": 350}
HARD_EMPTY_SHARE, HUGE_SHARE, HUGE_PX = 0.45, 0.15, (200.0, 640.0)
Shown = tuple[ImageArray, FloatArray | None, FloatArray | None]
"""A tile, and the face's box (4,) and points (5, 2) in it."""


@dataclass(frozen=True, slots=True)
class School:
    """Who and what can be shown."""

    ahead: tuple[Pupil, ...]
    aside: tuple[Pupil, ...]
    bowed: tuple[Pupil, ...]
    textures: Textures
    is_hard: bool = False


def main() -> None:
    """Compose the splits: ``hard`` has fewer faces, larger ones too, and what is taken for faces."""
    options = _options()
    options.out.mkdir(parents=True, exist_ok=True)
    for seed, split in enumerate(FRAMES):
        school = read_school(options.data, split)
        random = np.random.default_rng([47, seed])
        pack((teaching_frame(school, random) for _ in range(FRAMES[split])), options.out / f"{split}.npz")


def read_school(data: Path, split: str) -> School:
    """Return the people of ``split``; those of the engagement set only teach."""
    people = list(lfw_pupils(data, PEOPLE[split], is_validation=split == "validation"))
    aside = tuple(pupil for pupil in people if pupil.is_aside)
    bowed = tuple(engagement_pupils(data)) if split == "train" else aside
    photos, is_hard = [pupil.image_bgr for pupil in people], split == "hard"
    return School(tuple(people), aside, bowed, (HardTextures if is_hard else Textures)(photos), is_hard)


def teaching_frame(school: School, random: np.random.Generator) -> FaceFrames:
    """Return one frame of 1280 x 720 as a pack of one: its tiles with or without faces."""
    side = int(random.choice(SIDES, p=SIDE_SHARES))
    if school.is_hard and random.random() < HUGE_SHARE:
        side = int(random.integers(1, 3))
    size = WIDTH // side - GAP_PX, HEIGHT // side - GAP_PX
    canvas = np.full((HEIGHT, WIDTH, 3), int(random.integers(0, 60)), np.uint8)
    faces: list[tuple[FloatArray, FloatArray]] = []
    for tile in range(side * side):
        left, top = tile % side * (WIDTH // side), tile // side * (HEIGHT // side)
        image, box, points = _tile(school, size, random)
        canvas[top : top + size[1], left : left + size[0]] = image
        if box is not None and points is not None:
            corner = np.array([left, top], np.float32)
            faces.append((box + np.tile(corner, 2), points + corner))
    return FaceFrames.of(canvas, faces, quality=int(random.integers(70, 98)))


def _tile(school: School, size: tuple[int, int], random: np.random.Generator) -> Shown:
    shown: Shown = (_empty(school, size, random), None, None)
    if random.random() >= (HARD_EMPTY_SHARE if school.is_hard else EMPTY_SHARE):
        shown = _with_face(school, str(random.choice(KINDS, p=SHARES)), size, random)
    if random.random() < NAMED_SHARE:
        draw_name(shown[0], "".join(map(chr, random.integers(97, 123, int(random.integers(4, 16))))).title())
    return shown


def _with_face(school: School, kind: str, size: tuple[int, int], random: np.random.Generator) -> Shown:
    if kind == "bowed":
        return _still(school, _one_of(school.bowed, random), size, random)
    pupil = _one_of(school.aside if random.random() < ASIDE_SHARE else school.ahead, random)
    if kind == "away":
        return _still(school, pupil, size, random, is_faceless=True)
    return (
        _still(school, pupil, size, random) if kind == "photo" else _before_backdrop(school, pupil, kind, size, random)
    )


def _before_backdrop(
    school: School, pupil: Pupil, kind: str, size: tuple[int, int], random: np.random.Generator
) -> Shown:
    if pupil.cutout is None:
        raise ValueError("Only people of LFW are cut out.")
    place = _place(size, random)
    person = placed(pupil.cutout, place, size)
    image = scene(kind, pupil.image_bgr, person, school.textures.draw(size, random), random)
    if kind == "icons":
        draw_icons(image, person.box, random)
    shift = pupil.cutout.box[:2] - pupil.box[:2]
    return image, person.box, placed_points(pupil.cutout, place, pupil.points + shift)


def _still(
    school: School, pupil: Pupil, size: tuple[int, int], random: np.random.Generator, *, is_faceless: bool = False
) -> Shown:
    """Return a picture in place of a camera: square, on dark, on a blurred copy of itself or on a texture."""
    place = _huge(size, random) if school.is_hard and size[1] > HUGE_PX[0] else _place(size, random, scatter=0.1)
    picture = turned_away(pupil.image_bgr) if is_faceless else pupil.image_bgr
    scale = np.float32(place.height_px / float(pupil.box[3] - pupil.box[1]))
    method = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    picture = np.asarray(cv2.resize(picture, None, fx=float(scale), fy=float(scale), interpolation=method), np.uint8)
    corner = np.round(np.array(place.centre) - (pupil.box[:2] + pupil.box[2:]) / 2 * scale).astype(np.float32)
    tile = _around(school, picture, size, random)
    matrix = np.column_stack([np.eye(2), corner])
    cv2.warpAffine(picture, matrix, size, dst=tile, flags=cv2.INTER_NEAREST, borderMode=cv2.BORDER_TRANSPARENT)
    if is_faceless:
        return tile, None, None
    return tile, pupil.box * scale + np.tile(corner, 2), pupil.points * scale + corner


def _around(school: School, picture: ImageArray, size: tuple[int, int], random: np.random.Generator) -> ImageArray:
    kind = random.random()
    if kind < 0.3:
        return camera_off(size)
    return blurred(fitted(picture, size), 0.12) if kind < 0.65 else school.textures.draw(size, random).copy()


def _empty(school: School, size: tuple[int, int], random: np.random.Generator) -> ImageArray:
    kind = random.random() + school.is_hard
    if kind < 0.15:
        return camera_off(size)
    if kind < 0.35:
        return initials(size, chr(int(random.integers(65, 91))) + " " + chr(int(random.integers(65, 91))), random)
    return cartoon(size, random) if kind < 0.55 else school.textures.draw(size, random).copy()


def _place(size: tuple[int, int], random: np.random.Generator, scatter: float = 0.2) -> Place:
    """Return a place inside the tile; small and large faces are equally likely, as a logarithm counts."""
    most = min(MAX_FACE_PX, MAX_SHARE * size[1])
    height = float(np.exp(random.uniform(np.log(min(MIN_FACE_PX, most)), np.log(most))))
    x = random.uniform(0.5 - scatter, 0.5 + scatter) * size[0]
    y = random.uniform(0.55 * height, max(size[1] - 0.55 * height, 0.55 * height + 1))
    return Place(height, (float(x), float(y)), float(random.uniform(-14, 14)))


def _huge(size: tuple[int, int], random: np.random.Generator) -> Place:
    """Return a place for a face of which the tile may show a part only."""
    x, y = random.uniform(0.3, 0.7) * size[0], random.uniform(0.3, 0.7) * size[1]
    return Place(float(random.uniform(*HUGE_PX)), (float(x), float(y)))


def _one_of(pupils: Sequence[Pupil], random: np.random.Generator) -> Pupil:
    return pupils[int(random.integers(len(pupils)))]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, required=True, help="folder of the labelled data")
    parser.add_argument("--out", type=Path, required=True, help="folder for both files")
    return parser.parse_args()


if __name__ == "__main__":
    main()
