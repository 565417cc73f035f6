"""Published and measured figures stand side by side; what was not measured stays blank."""

from __future__ import annotations

from typing import Any

import pytest

from inference.vision.bench.markdown import as_markdown
from inference.vision.bench.published import published_tables
from inference.vision.bench.record import Measured
from inference.vision.bench.tables import BEYOND, Row, Shown, Table, bench_tables
from inference.vision.bench.words import interval_words, value_words

KEY = "model.eca_resnet.valence_holdout_leaking.accuracy"


def figure(value: float, **given: Any) -> dict[str, Any]:
    facts = {"low": None, "high": None, "n": None, "unit": "share", "date": "2026-11-21", "commit": "abc1234"}
    return {"value": value, "command": "python manage.py evaluate x"} | facts | given


def joined(measured: Measured, table: str) -> Table:
    return next(found for found in bench_tables(measured) if found.name == table)


def row_of(measured: Measured, table: str, name: str) -> Row:
    return next(row for row in joined(measured, table).rows if row.figure == name)


def test_nothing_measured_leaves_both_columns_blank() -> None:
    rows = [row for table in bench_tables({}) for row in table.rows]
    assert len(rows) == sum(len(table.rows) for table in published_tables())
    assert [row for row in rows if row.measured] == []


def test_measured_figure_stands_beside_the_published_one() -> None:
    measured = {KEY: {"paper": figure(0.9611, low=0.93, high=0.98, n=360)}}
    row = row_of(measured, "valence-ablation", "ResNet18 (ECA)")
    assert row.published == "97.50 %"
    assert row.paper is not None
    assert (row.paper.words, row.paper.interval, row.paper.n) == ("96.11 %", "93.00–98.00", 360)
    assert row.subject is None


def test_figure_of_the_other_protocol_is_not_shown_in_this_column() -> None:
    row = row_of({KEY: {"subject": figure(0.9)}}, "valence-ablation", "ResNet18 (ECA)")
    assert row.measured == ()


def test_run_that_measured_both_columns_is_named_once() -> None:
    row = Row("x", "", "%", None, *(Shown("k", "%", 0.5, None, None, 9, "2026-11-21", "abc", "bench"),) * 2, "")
    assert len(row.measured) == 2
    assert len(row.runs) == 1


def test_figure_in_no_paper_is_shown_beyond_them() -> None:
    measured = {"model.yawn.yawns.accuracy": {"subject": figure(0.93, n=400)}}
    (row,) = joined(measured, BEYOND).rows
    assert (row.figure, row.published, row.paper) == ("yawn.yawns.accuracy", "", None)
    assert row.subject is not None
    assert row.subject.words == "93.00 %"


def test_figure_in_a_paper_is_not_shown_twice() -> None:
    assert joined({KEY: {"paper": figure(0.9)}}, BEYOND).rows == ()


def test_protocol_that_no_table_asks_for_is_shown_beyond() -> None:
    (row,) = joined({KEY: {"paper": figure(0.9), "subject": figure(0.8)}}, BEYOND).rows
    assert row.paper is None
    assert row.subject is not None


@pytest.mark.parametrize(
    ("value", "unit", "words"),
    [
        (0.7289, "%", "72.89 %"),
        (1_749_300, "parameters", "1,749,300"),
        (1.8191, "billion", "1.82B"),
        (0.756, "share", "0.76"),
        (23.46, "ms", "23.46 ms"),
        (3, "", "3"),
    ],
)
def test_values_are_written_as_the_papers_write_them(value: float, unit: str, words: str) -> None:
    assert value_words(value, unit) == words


def test_interval_needs_both_ends() -> None:
    assert interval_words(None, 0.5, "%") == ""
    assert interval_words(0.41, 0.52, "share") == "0.41–0.52"


def test_markdown_has_a_dash_for_what_was_not_measured_and_each_sentence_once() -> None:
    measured = {KEY: {"paper": figure(0.9611, low=0.93, high=0.98, n=360)}}
    page = as_markdown([joined(measured, "valence-ablation")], {"valence-ablation": "bench/valence-ablation.png"})
    line = "| ResNet18 (ECA) | 97.50 % | 96.11 % (93.00–98.00) n = 360 | – | 2026-11-21, abc1234 | "
    assert f"{line}`python manage.py evaluate x` |" in page
    assert page.count("the gain is one image") == 1
    assert "](bench/valence-ablation.png)" in page


def test_markdown_leaves_out_a_table_without_rows() -> None:
    assert "Measured beyond the papers" not in as_markdown(bench_tables({}), {})
