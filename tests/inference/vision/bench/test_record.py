"""Measured figures are merged, checked and never half written."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from inference.vision.bench.record import RecordError, read_measured, record_figure, unit_of

KEY = "model.drsn.learning.macro_f1"
WRITER = """
import sys
from pathlib import Path
from inference.vision.bench.record import record_figure
for step in range(10):
    key = f"model.a{sys.argv[2]}.set{step}.accuracy"
    record_figure(key, 0.5, command="bench", protocol="paper", path=Path(sys.argv[1]))
"""


def record(path: Path, key: str = KEY, value: float = 0.7, **given: object) -> None:
    facts = {"command": "python manage.py bench --measure x", "protocol": "subject"} | given
    record_figure(key, value, path=path, **facts)  # type: ignore[arg-type]


def test_figure_is_kept_with_interval_count_date_commit_and_command(tmp_path: Path) -> None:
    record(tmp_path / "m.json", low=np.float32(0.65), high=0.75, n=4467)
    figure = read_measured(tmp_path / "m.json")[KEY]["subject"]
    assert (figure["value"], figure["low"], figure["high"], figure["n"]) == (0.7, 0.65, 0.75, 4467)
    assert figure["unit"] == "share"
    assert figure["command"] == "python manage.py bench --measure x"
    assert len(figure["date"]) == 10
    assert figure["commit"]


def test_later_figure_replaces_only_its_own_protocol(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    record(path, value=0.6)
    record(path, value=0.9, protocol="paper")
    record(path, value=0.7)
    assert {name: figure["value"] for name, figure in read_measured(path)[KEY].items()} == {
        "paper": 0.9,
        "subject": 0.7,
    }


def test_missing_file_holds_no_figures(tmp_path: Path) -> None:
    assert read_measured(tmp_path / "none.json") == {}


@pytest.mark.parametrize("key", ["drsn.learning.f1", "model.drsn.f1", "model.drsn.a.b.c", "model.drsn.two words.f1"])
def test_key_of_another_form_is_refused(tmp_path: Path, key: str) -> None:
    with pytest.raises(RecordError, match=r"model\.<family>"):
        record(tmp_path / "m.json", key=key)


@pytest.mark.parametrize(
    ("given", "hint"),
    [
        ({"value": 72.9}, "divide per cent by 100"),
        ({"value": float("nan")}, "not finite"),
        ({"protocol": "random"}, "paper or subject"),
        ({"command": "python manage.py train --data /srv/data"}, "absolute paths"),
        ({"command": " "}, "absolute paths"),
    ],
)
def test_figure_that_cannot_be_right_is_refused(tmp_path: Path, given: dict[str, object], hint: str) -> None:
    with pytest.raises(RecordError, match=hint):
        record(tmp_path / "m.json", **given)  # type: ignore[arg-type]
    assert not (tmp_path / "m.json").exists()


@pytest.mark.parametrize(
    ("metric", "unit"),
    [("parameters", "parameters"), ("gmacs", "GMAC"), ("f1_happy", "share"), ("mean_accuracy", "share"), ("k", "")],
)
def test_unit_follows_from_the_metric(metric: str, unit: str) -> None:
    assert unit_of(f"model.drsn.learning.{metric}") == unit


def test_whole_numbers_stay_whole(tmp_path: Path) -> None:
    record(tmp_path / "m.json", key="model.eca_resnet.valence.parameters", value=11_170_279.0)
    assert '"value": 11170279,' in (tmp_path / "m.json").read_text()


def test_writers_at_the_same_time_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    command = [sys.executable, "-c", WRITER, str(path)]
    writers = [subprocess.Popen([*command, str(number)]) for number in range(3)]
    assert [writer.wait(timeout=60) for writer in writers] == [0, 0, 0]
    assert len(json.loads(path.read_text())) == 30
    assert list(tmp_path.iterdir()) == [path]
