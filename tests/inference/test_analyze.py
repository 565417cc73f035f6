from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from dashboard.settings.home import BASE_DIR

pytestmark = pytest.mark.weights


def analyze(*arguments: object, home: Path) -> subprocess.CompletedProcess[str]:
    """Run the command as an operator would, with neither database nor broker in reach."""
    nowhere = {
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:9/nothing",
        "REDIS_URL": "redis://127.0.0.1:9/0",
        "LECTERN_HOME": str(home),
        "DJANGO_SETTINGS_MODULE": "dashboard.settings.dev",
    }
    command = [sys.executable, "manage.py", "analyze", *map(str, arguments)]
    environment = {**os.environ, **nowhere}
    return subprocess.run(
        command, cwd=BASE_DIR, env=environment, capture_output=True, text=True, check=False, timeout=300
    )


def test_json_holds_people_and_class_of_a_real_recording(clips: Path, tmp_path: Path) -> None:
    done = analyze(clips / "WolfgangLanger_Pexels.mp4", "--json", "--segment", "10", home=tmp_path)
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    person = result["people"][0]
    assert result["formula"] == "default-2"
    assert 0 <= person["low"] <= person["concentration"] <= person["high"] <= 100
    assert sum(person["mix"].values()) == pytest.approx(1, abs=0.01)
    assert [segment["start_s"] for segment in result["class"]["segments"]] == [0.0, 10.0][: len(person["segments"])]


def test_an_estimate_that_was_asked_for_stands_beside_the_mix(clips: Path, tmp_path: Path) -> None:
    done = analyze(clips / "single_face.mp4", "--json", "--extra", "basic", "--fps", "5", home=tmp_path)
    assert done.returncode == 0, done.stderr
    person = json.loads(done.stdout)["people"][0]
    assert "valence" not in person
    assert person["basic"] is None or sum(person["basic"].values()) == pytest.approx(1, abs=0.01)


def test_table_names_people_and_says_that_it_is_no_grade(clips: Path, tmp_path: Path) -> None:
    done = analyze(clips / "WolfgangLanger_Pexels.mp4", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "Person 1" in done.stdout
    assert "Class" in done.stdout
    assert "not a grade" in done.stdout


def test_nobody_in_the_recording_is_said_in_words(clips: Path, tmp_path: Path) -> None:
    done = analyze(clips / "no_face.mp4", home=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "No face was seen" in done.stdout


@pytest.mark.parametrize(
    ("content", "reason"), [(None, "There is no file"), (b"", "empty"), (b"these are notes", "not a video")]
)
def test_a_file_that_cannot_be_used_exits_with_2_and_says_why(
    tmp_path: Path, content: bytes | None, reason: str
) -> None:
    path = tmp_path / "lecture.mp4"
    if content is not None:
        path.write_bytes(content)
    done = analyze(path, home=tmp_path)
    assert done.returncode == 2
    assert reason in done.stderr
    assert "Traceback" not in done.stderr
