"""Photos of faces with their five points, cut out for the embedding's network and for its teacher."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from inference.vision.training.evidence import read_source
from inference.vision.training.face_teacher import SIZE_PX, TEMPLATE
from inference.vision.training.lfw_pairs import ARCHIVE
from inference.vision.training.prepare import align
from inference.vision.training.protocols import StrArray
from inference.vision.training.recipe import Input
from inference.vision.training.teachers import five_points
from inference.vision.types import FloatArray, Hook, ImageArray, silent_hook

READINGS = "drsn"  # the family whose cache holds the landmarks of all sets


@dataclass(frozen=True, slots=True)
class Photos:
    """n photos (h, w) or (h, w, 3) BGR of one set, five points (n, 5, 2) in their pixels, who is on them, names."""

    source: str
    images: Sequence[ImageArray]
    points: FloatArray
    people: StrArray
    names: StrArray

    def crops(self, shown: Input) -> ImageArray:
        """Return aligned BGR crops (n, side, side, 3) as ``shown``, margin included."""
        side_px = shown.size_px + 2 * shown.margin_px
        return aligned(self.images, self.points, shown.template_px + shown.margin_px, side_px)

    def teacher_crops(self) -> ImageArray:
        """Return the crops (n, 112, 112, 3) that the teacher takes."""
        return aligned(self.images, self.points, np.array(TEMPLATE, np.float32), SIZE_PX)


def lfw_names(data: Path) -> list[str]:
    """Return the names of LFW's photos in order, such as "Person/Person_0001.jpg"."""
    with zipfile.ZipFile(data / ARCHIVE) as archive:
        return sorted(name for name in archive.namelist() if name.endswith(".jpg"))


def lfw_photos(wanted: Iterable[str], data: Path, runs: Path, hook: Hook = silent_hook) -> Photos:
    """Return the photos of LFW that are ``wanted``, in colour, in LFW's order.

    Where the landmarker sees no face, the points are LFW's usual ones: its photos are centred.
    """
    source, reading = read_source("lfw", data=data, cache=runs / READINGS, hook=hook)
    points, is_seen = five_points(reading.points), reading.presence > 0
    points[~is_seen] = np.median(points[is_seen], axis=0)
    names = np.array(lfw_names(data))
    rows = np.flatnonzero(np.isin(names, sorted(wanted)))
    with zipfile.ZipFile(data / ARCHIVE) as archive:
        images = [_colour(archive.read(str(name))) for name in names[rows]]
    return Photos("lfw", images, points[rows], source.people[rows], names[rows])


def other_photos(
    name: str, data: Path, runs: Path, *, without: str, at_most: int, seed: int, hook: Hook = silent_hook
) -> Photos:
    """Return ``at_most`` photos of set ``name`` with a face that the landmarker sees, none of split ``without``."""
    source, reading = read_source(name, data=data, cache=runs / READINGS, hook=hook)
    rows = np.flatnonzero((source.splits != without) & (reading.presence > 0))
    rows = np.sort(np.random.default_rng(seed).permutation(rows)[:at_most])
    points, people = five_points(reading.points[rows]), source.people[rows]
    return Photos(name, [source.images[row] for row in rows.tolist()], points, people, people)


def aligned(images: Sequence[ImageArray], points: FloatArray, template: FloatArray, side_px: int) -> ImageArray:
    """Return BGR crops (n, side_px, side_px, 3) in which ``points`` (n, 5, 2) fall on ``template`` (5, 2)."""
    crops = np.empty((len(images), side_px, side_px, 3), np.uint8)
    for row, image in enumerate(images):
        crop = align(image, points[row], template, side_px)
        crops[row] = crop if crop.ndim == 3 else crop[:, :, None]
    return crops


def blend_pairs(rows: npt.NDArray[np.intp], count: int, seed: int) -> tuple[npt.NDArray[np.intp], FloatArray]:
    """Return ``count`` pairs (count, 2) of ``rows`` and the share in 0.35 to 0.65 of the first one in each blend."""
    random = np.random.default_rng(seed)
    return random.choice(rows, (count, 2)), random.uniform(0.35, 0.65, count).astype(np.float32)


def blended(crops: ImageArray, pairs: npt.NDArray[np.intp], shares: FloatArray) -> ImageArray:
    """Return the weighted means (n, h, w, 3) of two aligned ``crops`` each: faces of nobody."""
    return np.stack([_blend(crops[a], crops[b], float(share)) for (a, b), share in zip(pairs, shares, strict=True)])


def _blend(first: ImageArray, second: ImageArray, share: float) -> ImageArray:
    return np.asarray(cv2.addWeighted(first, share, second, 1 - share, 0), np.uint8)


def _colour(content: bytes) -> ImageArray:
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError("an image of LFW cannot be decoded: fetch the archive again")
    return np.asarray(image, np.uint8)
