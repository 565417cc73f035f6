"""Measured figures reach both files of results, whoever measured them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from benchmarks import record
from benchmarks.models import rows_of
from tests.inference.vision.bench.test_tables import figure

KEY = "model.drsn.learning.macro_f1"


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(record, "JSON_FILE", tmp_path / "results.json")
    monkeypatch.setattr(record, "TABLE_FILE", tmp_path / "RESULTS.md")
    return tmp_path


def test_figures_of_networks_stand_beside_those_of_speed(files: Path) -> None:
    record.record({"page.report.queries": (12, "queries")}, command="python -m benchmarks.page")
    record.merge(dict(rows_of({KEY: {"subject": figure(0.75, low=0.7, high=0.8, n=400)}})))
    known = json.loads((files / "results.json").read_text())
    assert list(known) == [KEY, "page.report.queries"]
    assert (known[KEY]["value"], known[KEY]["n"], known[KEY]["protocol"]) == (0.75, 400, "subject")
    line = f"| `{KEY}` | 0.75 | share | 2026-11-21 | abc1234 | `python manage.py evaluate x` |"
    assert line in (files / "RESULTS.md").read_text()


def test_what_is_kept_beside_a_value_is_in_the_json_file_alone(files: Path) -> None:
    record.record({"a": (0.5, "share"), "b": (1, "x")}, command="python -m x", more={"a": {"low": 0.4, "n": 15}})
    known = json.loads((files / "results.json").read_text())
    assert (known["a"]["low"], known["a"]["n"], known["a"]["value"]) == (0.4, 15, 0.5)
    assert "low" not in known["b"]
    assert "0.4" not in (files / "RESULTS.md").read_text()


def test_both_protocols_of_a_key_keep_a_row_each() -> None:
    rows = dict(rows_of({KEY: {"paper": figure(0.9), "subject": figure(0.7)}}))
    assert {key: row["value"] for key, row in rows.items()} == {KEY: 0.7, f"{KEY}.paper_protocol": 0.9}


def test_one_test_that_is_both_protocols_has_one_row() -> None:
    assert list(dict(rows_of({KEY: {"paper": figure(0.9), "subject": figure(0.9)}}))) == [KEY]


def test_a_single_protocol_keeps_the_plain_key() -> None:
    assert list(dict(rows_of({KEY: {"paper": figure(0.9)}}))) == [KEY]
