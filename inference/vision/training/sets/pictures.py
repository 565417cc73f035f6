"""From a list of picture files with class, person and split to samples; whatever is wrong is told at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from inference.vision.training.data_checks import SPLITS, listing, refuse
from inference.vision.training.protocols import StrArray, split_people
from inference.vision.training.recipe import Input
from inference.vision.training.samples import Samples
from inference.vision.types import ImageArray

VALIDATION_SHARE, TEST_SHARE = 0.15, 0.2
MOST_UNEVEN = 1.25  # longer side over shorter; a face crop is about square


@dataclass(frozen=True, slots=True)
class Listed:
    """A picture file, its class, who is on it, and its split; an empty split is decided by the person's name."""

    path: Path
    label: str
    person: str
    split: str = ""


def samples_of(listed: Sequence[Listed], shown: Input, *, source: str, problems: Sequence[str] = ()) -> Samples:
    """Return the pictures as gray squares of the side that ``shown`` asks for, margin included.

    Raises:
        DataError: ``problems`` were found before, there are no pictures, or some cannot be read, are too small or are
            no face crops; the text names them.
    """
    side_px = shown.size_px + 2 * shown.margin_px
    images = [read_gray(item.path) for item in listed]
    found = [*problems, *_problems(listed, images, shown.size_px), *_unknown_splits(listed)]
    refuse(found if listed or found else ["There are no pictures: check the folder after --data."])
    squares = [square(image, side_px) for image in images if image is not None]
    names = tuple(sorted({item.label for item in listed}))
    truth = np.array([names.index(item.label) for item in listed], np.int64)
    return Samples(
        images=np.stack(squares),
        labels=np.eye(len(names), dtype=np.float32)[truth],
        truth=truth,
        people=np.array([item.person for item in listed]),
        splits=splits_of(listed),
        sources=np.full(len(listed), source),
        names=names,
    )


def read_gray(path: Path) -> ImageArray | None:
    """Return the picture (h, w), or nothing when the file is missing, empty, broken or cut off."""
    content = path.read_bytes() if path.is_file() else b""
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE) if content else None
    return None if image is None else np.asarray(image, np.uint8)


def square(image: ImageArray, side_px: int) -> ImageArray:
    """Return ``image`` (h, w) or (h, w, 3) as a square of ``side_px``."""
    shrinks = min(image.shape[:2]) > side_px
    how = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(image, (side_px, side_px), interpolation=how), np.uint8)


def splits_of(listed: Sequence[Listed]) -> StrArray:
    """Return each picture's split (n,): its own, or the one that a hash of the person's name gives."""
    drawn = split_people([item.person for item in listed], validation=VALIDATION_SHARE, test=TEST_SHARE)
    return np.array([item.split or str(by_name) for item, by_name in zip(listed, drawn, strict=True)])


def _problems(listed: Sequence[Listed], images: Sequence[ImageArray | None], size_px: int) -> Iterator[str]:
    pairs = list(zip(listed, images, strict=True))
    unreadable = [_name(item) for item, image in pairs if image is None]
    if unreadable:
        yield f"{len(unreadable)} pictures cannot be read: {listing(unreadable)}. Copy them again or remove them."
    wrong = [
        f"{_name(item)} ({_size(image)})" for item, image in pairs if image is not None and not _fits(image, size_px)
    ]
    if wrong:
        yield (
            f"{len(wrong)} pictures have a wrong size: {listing(wrong)}. "
            f"Give face crops that are about square, with a side of at least {size_px // 2} px."
        )


def _unknown_splits(listed: Sequence[Listed]) -> Iterator[str]:
    unknown = sorted({item.split for item in listed} - {*SPLITS, ""})
    if unknown:
        yield f"There are no splits called {listing(unknown)}: write {', '.join(SPLITS)} or nothing."


def _fits(image: ImageArray, size_px: int) -> bool:
    short, long = sorted(image.shape)
    return bool(short >= size_px // 2 and long <= MOST_UNEVEN * short)


def _name(item: Listed) -> str:
    return "/".join(item.path.parts[-2:])


def _size(image: ImageArray) -> str:
    return f"{image.shape[1]} x {image.shape[0]}"
