"""``manage.py bench`` prints, measures and writes."""

from __future__ import annotations

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from inference.vision.bench import record
from inference.vision.bench.markdown import as_markdown
from inference.vision.bench.tables import bench_tables
from inference.vision.training.experiments import EXPERIMENTS
from inference.vision.types import Hook

ROOT = Path(__file__).resolve().parents[3]


def measured_nothing(data: Path, runs: Path, hook: Hook) -> None:
    hook("counting", 1, 1)
    (runs / "ran").write_text(data.name)


def test_every_table_of_the_papers_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("bench")
    page = capsys.readouterr().out
    for table in bench_tables({}):
        assert not table.rows or table.title in page
    assert "independent" in page


def test_one_table_is_printed_alone(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("bench", "--table", "networks")
    page = capsys.readouterr().out
    assert "84.12" in page
    assert "97.50" not in page


def test_json_has_the_figures_as_numbers(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("bench", "--json", "--table", "networks")
    (table,) = json.loads(capsys.readouterr().out)
    assert table["rows"][2] | {"paper": 0, "subject": 0, "doubt": ""} == {
        "figure": "DRSN, accuracy",
        "printed": "84.12",
        "unit": "%",
        "number": 0.8412,
        "paper": 0,
        "subject": 0,
        "doubt": "",
    }


def test_unknown_table_is_refused_with_the_names_that_there_are() -> None:
    with pytest.raises(CommandError, match="No table is called 'x'; there are: overview, valence-ablation"):
        call_command("bench", "--table", "x")


def test_experiment_runs_with_data_and_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(EXPERIMENTS, "nothing", f"{__name__}:{measured_nothing.__name__}")
    call_command("bench", "--measure", "nothing", "--data", "sets", "--runs", str(tmp_path), "--table", "networks")
    assert (tmp_path / "ran").read_text() == "sets"


def test_unknown_experiment_is_refused() -> None:
    with pytest.raises(CommandError, match="No experiment is called 'x'"):
        call_command("bench", "--measure", "x", "--data", "sets")


def test_experiment_without_data_is_refused() -> None:
    with pytest.raises(CommandError, match="add --data FOLDER"):
        call_command("bench", "--measure", "x")


@pytest.fixture
def own_figures(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep figures in a file of the test's own."""
    monkeypatch.setattr(record, "MEASURED_FILE", tmp_path / "measured.json")
    return tmp_path / "measured.json"


def test_figures_of_the_shipped_cards_are_recorded(own_figures: Path, capsys: pytest.CaptureFixture[str]) -> None:
    call_command("bench", "--shipped", "--table", "overview")
    assert "model.drsn.learning.macro_f1" in record.read_measured(own_figures)
    assert "python manage.py evaluate drsn" in capsys.readouterr().out.replace("\n", " ")


@pytest.mark.usefixtures("own_figures")
def test_document_is_written_into_the_checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inference.management.commands.bench.CHECKOUT_DIR", tmp_path)
    call_command("bench", "--write", stdout=StringIO())
    assert "# The bench" in (tmp_path / "docs" / "models" / "bench.md").read_text()


def test_document_is_what_the_command_writes() -> None:
    page = (ROOT / "docs" / "models" / "bench.md").read_text(encoding="utf-8")
    plots = {path.stem: f"bench/{path.name}" for path in (ROOT / "docs" / "models" / "bench").glob("*.png")}
    assert page == as_markdown(bench_tables(), plots), "run python manage.py bench --write"


def test_the_bench_is_read_without_torch_or_opencv() -> None:
    code = (
        "import sys, inference.vision.bench.tables, inference.vision.bench.cards;"
        "print({'torch', 'cv2', 'openvino', 'sklearn', 'matplotlib'} & set(sys.modules))"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
