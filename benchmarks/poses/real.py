"""Real faces of three labelled sets, none of which says how a head is turned."""

from __future__ import annotations

import zipfile
from collections.abc import Collection, Iterator
from itertools import islice
from pathlib import Path

import cv2
import numpy as np

from inference.vision.types import ImageArray

# Gray pictures of faces alone are enlarged and given a border, as the detector knows faces in scenes.
GRAY_PX, BORDER_PX = 160, 40


def lfw(data: Path, count: int, *, without: Collection[str], seed: int = 1) -> Iterator[ImageArray]:
    """Yield the first photos of ``count`` people of LFW, drawn by ``seed``, none of them in ``without``."""
    for _, image in islice(first_photos(data, seed=seed, without=without), count):
        yield image


def first_photos(data: Path, *, seed: int, without: Collection[str] = ()) -> Iterator[tuple[str, ImageArray]]:
    """Yield each person of LFW who is not in ``without`` with their first photo, in an order drawn by ``seed``."""
    with zipfile.ZipFile(data / "lfw160.zip") as archive:
        names = sorted(name for name in archive.namelist() if name.endswith("_0001.jpg"))
        names = [name for name in names if name.partition("/")[0] not in without]
        for index in np.random.default_rng(seed).permutation(len(names)):
            photo = cv2.imdecode(np.frombuffer(archive.read(names[index]), np.uint8), cv2.IMREAD_COLOR)
            yield names[index].partition("/")[0], np.asarray(photo, np.uint8)


def wacv(data: Path, count: int) -> Iterator[ImageArray]:
    """Yield ``count`` evenly spaced frames of the engagement set: its 15 people turn, bow and look away."""
    images = np.load(data / "wacv_engagement.npz")["images"]
    yield from map(enlarged, images[np.linspace(0, len(images) - 1, count).astype(int)])


def ckplus(data: Path, count: int) -> Iterator[ImageArray]:
    """Yield ``count`` evenly spaced pictures of CK+: all look into the camera, at 48 px."""
    images = np.load(data / "ckplus48.npz")["images"]
    yield from map(enlarged, images[np.linspace(0, len(images) - 1, count).astype(int)])


def enlarged(gray: ImageArray) -> ImageArray:
    """Return a gray face as a colour picture of the detector's liking."""
    large = cv2.resize(gray, (GRAY_PX, GRAY_PX), interpolation=cv2.INTER_CUBIC)
    framed = cv2.copyMakeBorder(large, *(BORDER_PX,) * 4, cv2.BORDER_REPLICATE)
    return np.asarray(cv2.cvtColor(framed, cv2.COLOR_GRAY2BGR), np.uint8)
