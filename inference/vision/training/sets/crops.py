"""A folder of face crops with ``labels.csv``: how the product hands out crops, and people hand in their labels.

    labels.csv      columns file,label,person,split; UTF-8, a header, one row a picture
    crops/0001.png  the pictures, gray or colour, at the paths that the rows name, below the folder

``split`` is train, validation or test; left empty, a hash of the person's name decides. ``person`` may be any name that
is the same for the same person, such as a pseudonym. Rows without a label are left out: crops that nobody labelled yet.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from inference.vision.training.data_checks import DataError, listing
from inference.vision.training.recipe import Recipe
from inference.vision.training.samples import Samples
from inference.vision.training.sets.pictures import Listed, samples_of
from inference.vision.types import Hook

FILE = "labels.csv"
COLUMNS = ("file", "label", "person", "split")


def load(data: Path, cache: Path, recipe: Recipe, hook: Hook) -> Samples:
    """Return the labelled crops of folder ``data``.

    Raises:
        DataError: ``labels.csv`` is missing, is no UTF-8 or lacks a column, or a crop is missing, broken or misnamed.
    """
    rows = [row for row in read_rows(data / FILE) if row["label"].strip()]
    outside = [row["file"] for row in rows if not _is_below(data, row["file"])]
    unnamed = [row["file"] for row in rows if not row["person"].strip()]
    problems = [f"Files outside of the folder: {listing(outside)}. Name files below it."] if outside else []
    problems += [f"Rows without a person: {listing(unnamed)}. Write who it is, or a pseudonym."] if unnamed else []
    listed = [_listed(data, row) for row in rows if row["file"] not in outside]
    return samples_of(listed, recipe.input, source="crops", problems=problems)


def read_rows(path: Path) -> list[Mapping[str, str]]:
    """Return the rows of ``path``, every column a text.

    Raises:
        DataError: the file is missing, is no UTF-8 or lacks a column.
    """
    try:
        with path.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream)
            missing = [name for name in COLUMNS if name not in (reader.fieldnames or ())]
            rows: list[Mapping[str, str]] = [{name: row.get(name) or "" for name in COLUMNS} for row in reader]
    except FileNotFoundError as error:
        raise DataError(f"There is no {path.name} in the folder: write one with the columns {_columns()}.") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path.name} cannot be read ({error}): save it as comma-separated UTF-8.") from error
    if missing:
        raise DataError(f"{path.name} lacks the columns {', '.join(missing)}: its first line must name {_columns()}.")
    return rows


def _listed(data: Path, row: Mapping[str, str]) -> Listed:
    return Listed(data / row["file"], row["label"].strip(), row["person"].strip(), row["split"].strip().lower())


def _is_below(data: Path, name: str) -> bool:
    return (data / name).resolve().is_relative_to(data.resolve())


def _columns() -> str:
    return ",".join(COLUMNS)
