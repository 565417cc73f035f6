"""FER2013 as its ``fer2013.csv``, and with the votes of FER+ from ``fer2013new.csv`` beside it.

A picture of the test split, or a copy of it, is in no other split. Where the private test is there, it is the test and
the public one the validation; else the public one is the test, and a part of the training pictures the validation.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from inference.vision.training.data_checks import DataError, listing, refuse
from inference.vision.training.metrics import IntArray
from inference.vision.training.protocols import TEST, TRAIN, VALIDATION, StrArray, digests, first_of_each, split_people
from inference.vision.training.recipe import Recipe
from inference.vision.training.samples import Samples
from inference.vision.training.sets.fer import BASIC
from inference.vision.types import FloatArray, Hook, ImageArray

PIXELS_FILE, VOTES_FILE = "fer2013.csv", "fer2013new.csv"
SIDE_PX = 48
VOTED = ("neutral", "happiness", "surprise", "sadness", "anger", "disgust", "fear", "contempt")
OTHER_VOTES = ("unknown", "NF")
MAJORITY, VALIDATION_SHARE = 0.5, 0.07
USAGES = ("Training", "PublicTest", "PrivateTest")


def load_fer2013(data: Path, cache: Path, recipe: Recipe, hook: Hook) -> Samples:
    """Return seven classes by FER2013's own labels.

    Raises:
        DataError: the file is missing or lacks a column, or a row's pixels, label or usage are no such.
    """
    rows = read_table(data / PIXELS_FILE, ("emotion", "pixels", "Usage"))
    known = {str(number) for number in range(len(BASIC))}
    wrong = [str(line) for line, row in enumerate(rows, 2) if row["emotion"] not in known]
    told = _told(PIXELS_FILE, wrong, f"have an emotion that is none of 0 to {len(BASIC) - 1}")
    pictures = [_pixels(row["pixels"]) for row in rows]
    refuse([*told, *_row_problems(rows, pictures)])
    truth = np.array([int(row["emotion"]) for row in rows], np.int64)
    return _samples(rows, pictures, np.eye(len(BASIC), dtype=np.float32)[truth], truth, BASIC)


def load_ferplus(data: Path, cache: Path, recipe: Recipe, hook: Hook) -> Samples:
    """Return eight classes, labels from the votes; a face counts where one class has more than half of all votes.

    Raises:
        DataError: a file is missing or lacks a column, the two differ in length, or a row is malformed.
    """
    rows = read_table(data / PIXELS_FILE, ("pixels", "Usage"))
    voted = read_table(data / VOTES_FILE, ("Usage", *VOTED, *OTHER_VOTES))
    if len(rows) != len(voted):
        raise DataError(f"{PIXELS_FILE} has {len(rows)} rows, {VOTES_FILE} {len(voted)}: take both as published.")
    numbers = [[row[name] for name in (*VOTED, *OTHER_VOTES)] for row in voted]
    wrong = [str(line) for line, row in enumerate(numbers, 2) if not all(number.isdigit() for number in row)]
    pictures = [_pixels(row["pixels"]) for row in rows]
    refuse([*_told(VOTES_FILE, wrong, "have votes that are no whole numbers"), *_row_problems(rows, pictures)])
    votes = np.array(numbers, np.float32)
    emotions = votes[:, : len(VOTED)]
    truth = np.where(emotions.max(axis=1) > MAJORITY * votes.sum(axis=1), emotions.argmax(axis=1), -1)
    return _samples(rows, pictures, emotions / np.maximum(emotions.sum(axis=1, keepdims=True), 1), truth, VOTED)


def read_table(path: Path, columns: Sequence[str]) -> list[Mapping[str, str]]:
    """Return the rows of the csv file at ``path``, which has at least ``columns``.

    Raises:
        DataError: it is missing, is no text, or lacks a column.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            rows: list[Mapping[str, str]] = [
                {key.strip(): (value or "").strip() for key, value in row.items() if key}
                for row in csv.DictReader(stream)
            ]
    except FileNotFoundError as error:
        raise DataError(f"There is no {path.name} in the folder after --data.") from error
    except (UnicodeDecodeError, csv.Error, AttributeError) as error:
        raise DataError(f"{path.name} cannot be read as a table ({error}): take the file as published.") from error
    missing = [name for name in columns if not rows or name not in rows[0]]
    if missing:
        raise DataError(f"{path.name} has no rows or lacks the columns {', '.join(missing)}: take it as published.")
    return rows


def _pixels(text: str) -> ImageArray | None:
    """Return the picture (48, 48) in ``text``, numbers with blanks between; nothing when it holds no such."""
    levels = text.split()
    if len(levels) != SIDE_PX**2 or not all(level.isdigit() and int(level) <= 255 for level in levels):
        return None
    return np.array([int(level) for level in levels], np.uint8).reshape(SIDE_PX, SIDE_PX)


def _row_problems(rows: Sequence[Mapping[str, str]], pictures: Sequence[ImageArray | None]) -> list[str]:
    pixels = [str(line) for line, picture in enumerate(pictures, 2) if picture is None]
    usages = [str(line) for line, row in enumerate(rows, 2) if row["Usage"] not in USAGES]
    return [
        *_told(PIXELS_FILE, pixels, f"do not hold {SIDE_PX} x {SIDE_PX} gray levels of 0 to 255"),
        *_told(PIXELS_FILE, usages, f"have a Usage that is none of {', '.join(USAGES)}"),
    ]


def _samples(
    rows: Sequence[Mapping[str, str]],
    pictures: Sequence[ImageArray | None],
    labels: FloatArray,
    truth: IntArray,
    names: tuple[str, ...],
) -> Samples:
    images = np.stack([picture for picture in pictures if picture is not None])
    people = digests(list(images))
    splits = _splits([row["Usage"] for row in rows], people)
    order = np.argsort([(TEST, VALIDATION, TRAIN).index(str(split)) for split in splits], kind="stable")
    kept = np.zeros(len(rows), bool)
    kept[order[first_of_each(people[order])]] = True
    return Samples(images, labels, truth, people, splits, np.full(len(rows), "fer"), names).where(kept)


def _splits(usages: Sequence[str], people: StrArray) -> StrArray:
    if "PrivateTest" in usages:
        return np.array([{"Training": TRAIN, "PublicTest": VALIDATION, "PrivateTest": TEST}[usage] for usage in usages])
    drawn = split_people(list(people), validation=VALIDATION_SHARE, test=0.0)
    return np.where(np.array(usages) == "PublicTest", TEST, drawn)


def _told(file: str, lines: Sequence[str], what: str) -> list[str]:
    return [f"{len(lines)} rows of {file} {what}: lines {listing(lines)}. Take the file as published."] if lines else []
