"""Names on tiles: matched with the roster, given to the face above and to the right, and only then by Tesseract."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from inference.vision import tile_names
from inference.vision.gallery import compose, demo_tiles
from inference.vision.stages.detect import FaceDetector
from inference.vision.tile_names import (
    NamesUnreadable,
    Reading,
    Text,
    candidates_of,
    frame_at,
    name_likeness,
    nearest_name,
    parse_texts,
    read_texts,
    readings_of,
)
from inference.vision.types import FloatArray
from inference.vision.weights import asset_path

ROSTER = {1: "Ada Lovelace", 2: "Ben Franklin", 3: "José Martí"}


def box(left: float, top: float, width: float, height: float) -> FloatArray:
    return np.array([left, top, left + width, top + height], np.float32)


@pytest.mark.parametrize(
    ("words", "person"),
    [("Ada Lovelace", 1), ("ADA  LOVELACE", 1), ("Ado Lovelace", 1), ("Jose Marti", 3), ("Ben Franklin (host)", 2)],
)
def test_a_name_is_known_whatever_case_accents_and_a_misread_letter(words: str, person: int) -> None:
    reading = nearest_name(words, ROSTER)
    assert reading is not None
    assert reading.person == person


@pytest.mark.parametrize("words", ["", "|", "Chapter 3", "Grace Hopper", "Ada"])
def test_other_text_is_nobody(words: str) -> None:
    assert nearest_name(words, ROSTER) is None


def test_an_empty_roster_knows_nobody() -> None:
    assert nearest_name("Ada Lovelace", {}) is None


def test_likeness_is_one_for_the_same_name_and_symmetric() -> None:
    assert name_likeness("Ada Lovelace", "ada lovelace") == 1
    assert name_likeness("Ada B", "Ada C") == name_likeness("Ada C", "Ada B") < 0.9


class TestPlaces:
    """Two rows of two tiles, 100 px a side; faces of 30 px in the middle, names in the lower left corners."""

    faces = {number: box(35 + 100 * (number % 2), 30 + 100 * (number // 2), 30, 30) for number in range(4)}

    def label(self, number: int, words: str) -> Text:
        return Text(words, box(3 + 100 * (number % 2), 90 + 100 * (number // 2), 40, 8))

    def test_each_face_gets_the_name_of_its_own_tile(self) -> None:
        texts = [self.label(0, "Ada Lovelace"), self.label(3, "Ben Franklin"), self.label(1, "Jose Marti")]
        found = readings_of(texts, self.faces, ROSTER)
        assert {number: reading.person for number, reading in found.items()} == {0: 1, 3: 2, 1: 3}

    def test_a_name_of_a_tile_without_a_face_goes_to_nobody_far_away(self) -> None:
        assert readings_of([self.label(0, "Ada Lovelace")], {3: self.faces[3]}, ROSTER) == {}
        assert readings_of([Text("Ada Lovelace", box(3, 400, 40, 8))], self.faces, ROSTER) == {}

    def test_a_text_above_a_face_is_not_its_name(self) -> None:
        assert readings_of([Text("Ada Lovelace", box(3, 5, 40, 8))], {0: self.faces[0]}, ROSTER) == {}

    def test_without_faces_or_names_nothing_is_read(self) -> None:
        assert readings_of([self.label(0, "Ada Lovelace")], {}, ROSTER) == {}
        assert readings_of([self.label(0, "| x")], self.faces, ROSTER) == {}


class TestVotes:
    sure = Reading(1, 0.97, 0.4)

    def band(self, *readings: Reading) -> tuple[int, str]:
        (found,) = candidates_of({7: readings})
        return found.person, found.band

    def test_two_sure_readings_are_likely(self) -> None:
        assert self.band(self.sure, self.sure) == (1, "likely")

    def test_one_reading_is_unsure(self) -> None:
        assert self.band(self.sure) == (1, "unsure")

    def test_an_objection_makes_it_unsure(self) -> None:
        assert self.band(self.sure, self.sure, Reading(2, 0.9, 0.3)) == (1, "unsure")

    def test_a_second_name_that_is_nearly_as_near_makes_it_unsure(self) -> None:
        assert self.band(Reading(1, 0.97, 0.03), Reading(1, 0.97, 0.03)) == (1, "unsure")

    def test_a_poor_likeness_is_unsure(self) -> None:
        assert self.band(Reading(1, 0.8, 0.4), Reading(1, 0.8, 0.4)) == (1, "unsure")

    def test_who_was_never_read_is_not_suggested(self) -> None:
        assert candidates_of({7: []}) == []


TABLE = "\n".join(
    [
        "level\tpage_num\tblock_num\tpar_num\tline_num\tword_num\tleft\ttop\twidth\theight\tconf\ttext",
        "4\t1\t1\t1\t1\t0\t30\t60\t90\t12\t-1\t",
        "5\t1\t1\t1\t1\t1\t30\t60\t36\t12\t91.5\tAda",
        "5\t1\t1\t1\t1\t2\t72\t63\t48\t9\t88\tLovelace",
        "5\t1\t2\t1\t1\t1\t300\t60\t30\t12\t50\t ",
        "5\tdamaged",
    ]
)


def test_words_of_one_line_are_one_text_in_pixels_of_the_frame() -> None:
    (text,) = parse_texts(TABLE, scale=3.0)
    assert text.words == "Ada Lovelace"
    np.testing.assert_allclose(text.box, [10, 20, 40, 24])


def test_an_empty_table_has_no_text() -> None:
    assert parse_texts("", scale=3.0) == []


def test_a_machine_without_tesseract_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    with pytest.raises(NamesUnreadable, match="apt-get install tesseract-ocr"):
        read_texts(np.zeros((90, 160, 3), np.uint8))


@pytest.mark.parametrize(
    "error", [subprocess.TimeoutExpired("t", 60), subprocess.CalledProcessError(1, "t"), OSError()]
)
def test_a_failing_tesseract_is_told(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    def fail(*_arguments: Any, **_options: Any) -> None:
        raise error

    monkeypatch.setattr("shutil.which", lambda _name: "/usr/bin/tesseract")
    monkeypatch.setattr("subprocess.run", fail)
    with pytest.raises(NamesUnreadable, match="could not read"):
        read_texts(np.zeros((90, 160, 3), np.uint8))


@pytest.mark.weights
@pytest.mark.skipif(not tile_names.is_installed(), reason="tesseract is not installed: apt-get install tesseract-ocr")
def test_names_of_a_real_gallery_are_read(tmp_path: Path, clips: Path) -> None:
    tiles = demo_tiles(clips)[:4]
    compose(tmp_path / "film.mp4", tiles, duration_s=1.2, size=(960, 540), fps=5)
    image_bgr = frame_at(tmp_path / "film.mp4", 1.0)
    assert image_bgr is not None
    detect = FaceDetector(asset_path("weights/centerface.onnx"))
    faces = {number: face.bbox_xyxy for number, face in enumerate(detect(image_bgr))}
    found = readings_of(read_texts(image_bgr), faces, {k: tile.name for k, tile in enumerate(tiles)})
    places = {int(faces[n][1] // 270) * 2 + int(faces[n][0] // 480): reading.person for n, reading in found.items()}
    assert len(places) >= 3
    assert all(place == person for place, person in places.items())
