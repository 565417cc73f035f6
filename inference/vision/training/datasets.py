"""The labelled sets on disk, brought to one shape: gray faces, who they are, which split, what is known of them.

Terms, counts and what each set is used for stand in ``docs/models/weak-labels.md``.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

from inference.vision.training.protocols import (
    TEST,
    TRAIN,
    VALIDATION,
    StrArray,
    digests,
    first_of_each,
    nearest,
    signatures_of,
    split_people,
)
from inference.vision.types import FloatArray, ImageArray

WACV_TEST, WACV_VALIDATION = (7, 13, 18), (2, 20)
BF_UNKNOWN = 255
NEAR_COPY = 0.98  # correlation at 16 px; every image of bored_focused is this near to one of FER2013, re-compressed


@dataclass(frozen=True, slots=True)
class Source:
    """One set: ``images`` gray (h, w), ``people`` (n,), ``splits`` (n,) and named ``facts`` of n rows each."""

    name: str
    images: Sequence[ImageArray]
    people: StrArray
    splits: StrArray
    facts: Mapping[str, npt.NDArray[np.generic]] = field(default_factory=dict)


def load_fer(folder: Path) -> Source:
    """FER2013 with FER+ votes; its public test is the test split, without a copy or near copy of it in the rest.

    ``bored_focused`` holds the hand label of the same picture in that set, for the rows that are not in the test.
    """
    data = np.load(folder / "fer2013plus.npz")
    order = np.argsort(-data["split"].astype(int), kind="stable")
    keep = order[first_of_each(digests(data["images"][order]))]
    is_test = data["split"][keep] == 1
    signatures = signatures_of(data["images"][keep])
    clean = is_test | (nearest(signatures, signatures[is_test])[1] < NEAR_COPY)
    keep, is_test, signatures = keep[clean], is_test[clean], signatures[clean]
    people = digests(data["images"][keep])
    splits = np.where(is_test, TEST, split_people(list(people), validation=0.07, test=0.0))
    hand = np.where(is_test, BF_UNKNOWN, _bored_focused_of(signatures, folder)).astype(np.uint8)
    facts = {name: data[name][keep] for name in ("votes", "fer2013_label", "fer2013_label_ambiguous")}
    return Source("fer", data["images"][keep], people, splits, facts | {"bored_focused": hand})


def load_wacv(folder: Path) -> Source:
    """WACV 2016 engagement levels, split by subject."""
    data = np.load(folder / "wacv_engagement.npz")
    subject = data["subject"]
    splits = np.select([np.isin(subject, WACV_TEST), np.isin(subject, WACV_VALIDATION)], [TEST, VALIDATION], TRAIN)
    return Source("wacv", data["images"], subject.astype(str), splits, {"level": data["level"]})


def load_ckplus(folder: Path) -> Source:
    """CK+ at 48 px, split by subject."""
    data = np.load(folder / "ckplus48.npz")
    splits = split_people(list(data["subject"]), validation=0.15, test=0.25)
    return Source("ckplus", data["images"], data["subject"], splits, {"expression": data["names"][data["label"]]})


def load_lfw(folder: Path) -> Source:
    """LFW deep-funneled centre crops, split by person; it has no expression labels."""
    with zipfile.ZipFile(folder / "lfw160.zip") as archive:
        names = sorted(name for name in archive.namelist() if name.endswith(".jpg"))
        images = [_decode(archive.read(name)) for name in names]
    people = [name.split("/")[0] for name in names]
    return Source("lfw", images, np.array(people), split_people(people, validation=0.07, test=0.15))


def load_yawn(folder: Path) -> Source:
    """Drivers who yawn or not, 96 px scenes with small faces; the set's own split."""
    with zipfile.ZipFile(folder / "yawn96.zip") as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("labels.csv").decode())))
        images = [_decode(archive.read(row["file"])) for row in rows]
    own = {"train": TRAIN, "valid": VALIDATION, "test": TEST}
    splits = np.array([own[row["split"]] for row in rows])
    facts = {"has_yawn": np.array([int(row["has_yawn"]) for row in rows], np.uint8)}
    return Source("yawn", images, np.array([row["file"] for row in rows]), splits, facts)


SOURCES: Mapping[str, Callable[[Path], Source]] = {
    "fer": load_fer,
    "wacv": load_wacv,
    "ckplus": load_ckplus,
    "lfw": load_lfw,
    "yawn": load_yawn,
}


def _bored_focused_of(signatures: FloatArray, folder: Path) -> npt.NDArray[np.uint8]:
    data = np.load(folder / "bored_focused.npz")
    index, similarity = nearest(signatures, signatures_of(data["images"]))
    return np.where(similarity > NEAR_COPY, data["label"][index], BF_UNKNOWN).astype(np.uint8)


def _decode(content: bytes) -> ImageArray:
    image = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_GRAYSCALE)
    if image is None:
        raise ValueError("an image of the data set cannot be decoded")
    return np.asarray(image, np.uint8)
