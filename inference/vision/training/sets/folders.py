"""Folders of face pictures, one folder a class: any, and CK+ as it is passed around.

``images`` reads ``[split/]class/[person/]file``: a first level named train, validation (or val, valid) and test gives
the splits, a folder below the class names the person; without one each file is a person of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from inference.vision.training.data_checks import listing
from inference.vision.training.protocols import TEST, TRAIN, VALIDATION
from inference.vision.training.recipe import Recipe
from inference.vision.training.samples import Samples
from inference.vision.training.sets.pictures import Listed, samples_of
from inference.vision.types import Hook

SUFFIXES = {".png", ".jpg", ".jpeg", ".bmp", ".webp", ".pgm", ".tif", ".tiff"}
SPLIT_FOLDERS = {"train": TRAIN, "val": VALIDATION, "valid": VALIDATION, "validation": VALIDATION, "test": TEST}
SUBJECT = re.compile(r"(S\d{3})_\d{3}_\d+")


def load_images(data: Path, cache: Path, recipe: Recipe, hook: Hook) -> Samples:
    """Return the pictures below ``data``; without split folders a hash of the person's name splits them.

    Raises:
        DataError: a file lies outside of a class folder, or a picture is missing, broken or of a wrong size.
    """
    files = list(pictures_below(data))
    inside = [file for file in files if _parts(data, file)[1]]
    astray = [file.name for file in files if file not in set(inside)]
    problems = [f"Pictures outside of a class folder: {listing(astray)}. Move each into one."] if astray else []
    listed = [_listed(data, file) for file in inside]
    return samples_of(listed, recipe.input, source="images", problems=problems)


def load_ckplus(data: Path, cache: Path, recipe: Recipe, hook: Hook) -> Samples:
    """Return CK+ face crops from ``class/S010_004_00000017.png``; the subject is read from the file's name.

    Raises:
        DataError: a name holds no subject, or a picture is broken or of a wrong size, such as the set's whole frames.
    """
    listed = [Listed(file, file.parent.name.lower(), _subject(file)) for file in pictures_below(data)]
    nameless = [item.path.name for item in listed if not item.person]
    told = f"No subject in the names {listing(nameless)}. CK+ calls its files like S010_004_00000017.png."
    problems = [told] if nameless else []
    return samples_of(listed, recipe.input, source="ckplus", problems=problems)


def pictures_below(folder: Path) -> Iterator[Path]:
    """Yield the picture files below ``folder`` in a fixed order."""
    return (file for file in sorted(folder.rglob("*")) if file.suffix.lower() in SUFFIXES)


def _listed(data: Path, file: Path) -> Listed:
    split, folders = _parts(data, file)
    person = "/".join(folders[1:]) or "/".join((*folders, file.stem))
    return Listed(file, folders[0], person, split)


def _parts(data: Path, file: Path) -> tuple[str, tuple[str, ...]]:
    """Return the split that the first folder names, or "", and the folders after it."""
    folders = file.relative_to(data).parts[:-1]
    split = SPLIT_FOLDERS.get(folders[0].lower(), "") if folders else ""
    return split, folders[1:] if split else folders


def _subject(file: Path) -> str:
    found = SUBJECT.match(file.stem)
    return found[1] if found else ""
