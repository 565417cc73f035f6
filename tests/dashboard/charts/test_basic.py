"""Basic emotions over time: rows in, figure out."""

from __future__ import annotations

from dataclasses import replace

from plotly import graph_objects as go

from dashboard.charts import plot
from dashboard.charts.basic import basic_emotions
from dashboard.charts.states import BASIC_STATES
from inference.selectors import EXTRA_LABELS, ScoreRow
from tests.dashboard.charts.rows import row

SHARES = {"angry": 0.04, "disgust": 0.01, "fear": 0.05, "happy": 0.2, "sad": 0.1, "surprise": 0.1, "neutral": 0.5}
ROW = tuple(SHARES[label] for label in EXTRA_LABELS["basic"])


def rows(*found: tuple[float, ...] | None) -> tuple[ScoreRow, ...]:
    return tuple(replace(row(index), basic=shares) for index, shares in enumerate(found))


def test_figure_and_templates_are_valid_plotly() -> None:
    drawn = basic_emotions(rows(ROW, None))
    go.Figure(drawn.figure)
    for template in drawn.templates.values():
        go.layout.Template(template)


def test_shares_follow_their_names_and_sum_to_a_hundred() -> None:
    traces = basic_emotions(rows(ROW)).figure["data"]
    values = {trace["meta"].removeprefix("basic-"): trace["y"][0] for trace in traces}
    assert values == {name: 100 * share for name, share in SHARES.items()}
    assert sum(values.values()) == 100


def test_segments_without_data_are_left_out() -> None:
    traces = basic_emotions(rows(ROW, None, ROW)).figure["data"]
    assert all(trace["x"] == [plot.at(15), plot.at(75)] for trace in traces)


def test_each_emotion_has_its_own_pattern_and_letter() -> None:
    bars = basic_emotions(rows(ROW)).templates["light"]["data"]["bar"]
    assert len({bar["marker"]["pattern"]["shape"] for bar in bars}) == len(BASIC_STATES)
    assert len({state.letter for state in BASIC_STATES}) == len(BASIC_STATES)


def test_sentence_and_table_say_the_same_as_the_figure() -> None:
    drawn = basic_emotions(rows(ROW, None))
    assert drawn.sentence == "Faces appear mostly neutral (50 %), then happy (20 %)."
    assert drawn.table is not None
    assert drawn.table.rows[0][1:3] == ("50 %", "20 %")
    assert set(drawn.table.rows[1][1:]) == {"–"}
    assert basic_emotions(rows(None)).sentence.startswith("No stretch")
