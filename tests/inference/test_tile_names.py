"""Names on tiles become suggestions: only where that is switched on, of few frames, never of marked tracks."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from courses.models import Lecture, Mode, Student
from inference import tasks, tile_names
from inference.checks import tesseract_is_installed
from inference.identity import names_ask
from inference.models import AnalysisRun, FaceTrack, TrackSuggestion
from inference.tile_names import chosen_frames, faces_by_frame, names_suggest
from inference.vision.tile_names import NamesUnreadable, Text
from inference.vision.types import FloatArray, ImageArray
from tests import factories
from tests.inference.relay import relay_run

BOX = np.array([0, 0, 10, 10], np.float32)
Read = Callable[[ImageArray], list[Text]]


@pytest.fixture
def relay(lecture: Lecture, policy: object, settings: Any) -> AnalysisRun:
    settings.ANALYSIS_READ_NAMES = True
    return relay_run(lecture, policy)


@pytest.fixture
def ada(lecture: Lecture) -> Student:
    return factories.enroll(lecture.course, name="Ada Lovelace")[0]


def reads(monkeypatch: pytest.MonkeyPatch, read: Read) -> list[float]:
    """Put `read` in the place of Tesseract; return the times of the frames that it gets."""
    times: list[float] = []

    def frame(_path: Path, time_s: float) -> ImageArray:
        times.append(time_s)
        return np.zeros((720, 1280, 3), np.uint8)

    monkeypatch.setattr(tile_names, "frame_at", frame)
    monkeypatch.setattr(tile_names, "read_texts", read)
    return times


def below(number: int, words: str) -> Text:
    """Return a text under the face of a track, where the parts made by hand put it."""
    return Text(words, np.array([10 * number + 20, 90, 10 * number + 80, 98], np.float32))


def suggested() -> dict[int, tuple[str, str]]:
    rows = TrackSuggestion.objects.filter(source="tile").values_list("track__number", "student__name", "band")
    return {number: (name, band) for number, name, band in rows}


@pytest.mark.django_db
class TestSuggest:
    def test_a_name_that_is_read_three_times_is_likely(
        self, relay: AnalysisRun, ada: Student, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        times = reads(monkeypatch, lambda _image: [below(5, "Ada Lovelace")])
        assert names_suggest(relay.pk) == 1
        assert set(suggested().values()) == {("Ada Lovelace", "likely")}
        assert len(times) <= 6

    def test_a_second_reading_replaces_the_first(
        self, relay: AnalysisRun, ada: Student, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        reads(monkeypatch, lambda _image: [below(5, "Ada Lovelace")])
        names_suggest(relay.pk)
        reads(monkeypatch, lambda _image: [])
        names_suggest(relay.pk)
        assert suggested() == {}

    def test_an_instructor_gets_no_students_name(
        self, relay: AnalysisRun, ada: Student, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        FaceTrack.objects.filter(run=relay).update(role="instructor")
        reads(monkeypatch, lambda _image: [below(5, "Ada Lovelace")])
        assert names_suggest(relay.pk) == 0

    def test_switched_off_nothing_is_read(
        self, relay: AnalysisRun, ada: Student, monkeypatch: pytest.MonkeyPatch, settings: Any
    ) -> None:
        settings.ANALYSIS_READ_NAMES = False
        assert reads(monkeypatch, lambda _image: []) == []
        assert names_suggest(relay.pk) == 0

    @pytest.mark.parametrize("mode", [Mode.AGGREGATE, Mode.OBSERVABLE])
    def test_a_stricter_policy_reads_nothing(
        self, relay: AnalysisRun, ada: Student, monkeypatch: pytest.MonkeyPatch, mode: Mode
    ) -> None:
        times = reads(monkeypatch, lambda _image: [below(5, "Ada Lovelace")])
        factories.policy(relay.institution, mode)
        assert names_suggest(relay.pk) == 0
        assert times == []

    def test_without_tesseract_there_is_no_suggestion_and_no_failure(
        self, relay: AnalysisRun, ada: Student, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def missing(_image: ImageArray) -> list[Text]:
            raise NamesUnreadable("Tesseract is not installed")

        reads(monkeypatch, missing)
        assert names_suggest(relay.pk) == 0

    def test_every_track_is_in_three_of_the_chosen_frames(self, relay: AnalysisRun) -> None:
        chosen = chosen_frames(faces_by_frame(relay))
        seen = [track for faces in chosen.values() for track in faces]
        ids = FaceTrack.objects.filter(run=relay).values_list("pk", flat=True)
        assert all(seen.count(track) >= 3 for track in ids)

    def test_a_worker_is_asked_only_where_it_is_on(
        self, relay: AnalysisRun, monkeypatch: pytest.MonkeyPatch, settings: Any
    ) -> None:
        asked: list[int] = []
        monkeypatch.setattr(tasks.read_names, "delay", asked.append)
        names_ask(relay)
        settings.ANALYSIS_READ_NAMES = False
        names_ask(relay)
        assert asked == [relay.pk]


def test_however_long_a_recording_is_few_frames_are_read() -> None:
    boxes: dict[int, FloatArray] = {}
    frames = {float(t): {t // 100: BOX} | boxes for t in range(10_000)}
    assert len(chosen_frames(frames)) == 12


def test_a_recording_without_faces_has_no_frame_to_read() -> None:
    assert chosen_frames({}) == {}


@pytest.mark.parametrize(
    ("is_on", "found", "warnings"), [(True, None, 1), (True, "/usr/bin/tesseract", 0), (False, None, 0)]
)
def test_a_missing_tesseract_is_a_warning_where_it_is_needed(
    settings: Any, monkeypatch: pytest.MonkeyPatch, is_on: bool, found: str | None, warnings: int
) -> None:
    settings.ANALYSIS_READ_NAMES = is_on
    monkeypatch.setattr("shutil.which", lambda _name: found)
    assert len(tesseract_is_installed()) == warnings
