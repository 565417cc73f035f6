"""`manage.py crops`: what it writes is what the set `crops` reads."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from inference.management.commands.crops import write
from inference.vision.crops import Crop
from inference.vision.training.data_checks import DataError
from inference.vision.training.recipe import load_recipe
from inference.vision.training.sets.crops import load
from inference.vision.types import silent_hook

CONSENT = "Both people, in writing, 2026-11-20"


def labelled(folder: Path, label: str) -> None:
    """Fill in the column that people fill in."""
    with (folder / "labels.csv").open(newline="", encoding="utf-8") as stream:
        rows = list(csv.DictReader(stream))
    with (folder / "labels.csv").open("w", newline="", encoding="utf-8") as stream:
        table = csv.DictWriter(stream, rows[0].keys())
        table.writeheader()
        table.writerows([{**row, "label": label} for row in rows])


@pytest.mark.weights
def test_crops_of_a_real_recording_can_be_labelled_and_loaded(clips: Path, tmp_path: Path) -> None:
    folder = tmp_path / "faces"
    call_command("crops", clips / "single_face.mp4", to=folder, consent=CONSENT, every=1.0)
    labelled(folder, "focused")
    samples = load(folder, tmp_path, load_recipe("drsn", "default"), silent_hook)
    assert set(samples.people) == {"single_face-1"}
    assert samples.images.shape[1:] == (128, 128)
    first = cv2.imread(str(folder / "crops" / "00001.png"), cv2.IMREAD_GRAYSCALE)
    assert first is not None
    assert np.array_equal(samples.images[0], first)
    assert (folder / "consent.txt").read_text(encoding="utf-8") == f"{CONSENT}\n"
    assert folder.stat().st_mode & 0o077 == 0


@pytest.mark.weights
def test_a_recording_without_faces_gives_an_empty_table(clips: Path, tmp_path: Path) -> None:
    call_command("crops", clips / "no_face.mp4", to=tmp_path / "faces", consent=CONSENT)
    assert (tmp_path / "faces" / "labels.csv").read_text(encoding="utf-8").splitlines() == ["file,label,person,split"]
    with pytest.raises(DataError, match="no pictures"):
        load(tmp_path / "faces", tmp_path, load_recipe("drsn", "default"), silent_hook)


def test_unlabelled_crops_are_named_by_recording_and_track(tmp_path: Path) -> None:
    crops = [Crop(np.zeros((8, 8), np.uint8), number) for number in (1, 2)]
    assert write(crops, tmp_path / "faces", recording="monday", consent=CONSENT) == 2
    lines = (tmp_path / "faces" / "labels.csv").read_text(encoding="utf-8").splitlines()
    assert lines[1:] == ["crops/00001.png,,monday-1,", "crops/00002.png,,monday-2,"]


def test_a_folder_with_files_is_left_alone(tmp_path: Path) -> None:
    recording, kept = tmp_path / "lecture.mp4", tmp_path / "kept.txt"
    recording.touch()
    kept.touch()
    with pytest.raises(CommandError, match="not empty"):
        call_command("crops", recording, to=tmp_path, consent=CONSENT)
    assert sorted(tmp_path.iterdir()) == [kept, recording]


@pytest.mark.parametrize("given", [{"consent": "  "}, {"consent": CONSENT, "every": 0.0}])
def test_consent_and_a_step_are_needed(given: dict[str, object], tmp_path: Path) -> None:
    recording = tmp_path / "lecture.mp4"
    recording.touch()
    with pytest.raises(CommandError, match="consent"):
        call_command("crops", recording, to=tmp_path / "faces", **given)


def test_what_goes_wrong_on_the_way_leaves_nothing(tmp_path: Path) -> None:
    def crops() -> Iterator[Crop]:
        yield Crop(np.zeros((8, 8), np.uint8), 1)
        raise OSError("no space left")

    with pytest.raises(OSError, match="no space"):
        write(crops(), tmp_path / "faces", recording="monday", consent=CONSENT)
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_recording_is_refused_in_words(tmp_path: Path) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"not a film")
    with pytest.raises(CommandError):
        call_command("crops", broken, to=tmp_path / "faces", consent=CONSENT)
    assert list(tmp_path.iterdir()) == [broken]
    with pytest.raises(CommandError, match="no file"):
        call_command("crops", tmp_path / "missing.mp4", to=tmp_path / "faces", consent=CONSENT)
