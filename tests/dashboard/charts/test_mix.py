"""The emotion mix: rows in, figure out."""

from __future__ import annotations

from plotly import graph_objects as go

from dashboard.charts import plot
from dashboard.charts.mix import emotion_mix
from dashboard.charts.states import STATES
from tests.dashboard.charts.rows import rows


def test_figure_and_templates_are_valid_plotly() -> None:
    drawn = emotion_mix(rows(60, None, 40))
    go.Figure(drawn.figure)
    for template in drawn.templates.values():
        go.layout.Template(template)


def test_shares_of_a_segment_sum_to_a_hundred() -> None:
    traces = emotion_mix(rows(60, 50)).figure["data"]
    assert [round(sum(trace["y"][k] for trace in traces), 3) for k in range(2)] == [100, 100]


def test_shares_follow_their_names_and_not_the_order_of_columns() -> None:
    values = {trace["meta"]: trace["y"][0] for trace in emotion_mix(rows(60)).figure["data"]}
    assert values == {"focused": 50, "curious": 15, "confused": 10, "happy": 10, "distracted": 10, "tired": 5}


def test_segments_without_data_are_left_out() -> None:
    traces = emotion_mix(rows(60, None, 40)).figure["data"]
    assert all(trace["x"] == [plot.at(15), plot.at(75)] for trace in traces)


def test_each_state_has_its_own_pattern_and_letter() -> None:
    bars = emotion_mix(rows(60)).templates["light"]["data"]["bar"]
    assert len({bar["marker"]["pattern"]["shape"] for bar in bars}) == len(STATES)
    assert len({state.letter for state in STATES}) == len(STATES)


def test_a_click_on_any_bar_knows_its_start() -> None:
    first = emotion_mix(rows(60, None, 40)).figure["data"][0]
    assert [point[0] for point in first["customdata"]] == [0, 60]


def test_table_has_the_numbers_of_the_figure() -> None:
    table = emotion_mix(rows(60, None)).table
    assert table is not None
    assert table.rows[0] == ("0:00–0:30", "50 %", "15 %", "10 %", "10 %", "10 %", "5 %")
    assert set(table.rows[1][1:]) == {"–"}


def test_sentence_names_the_leading_states() -> None:
    assert emotion_mix(rows(60)).sentence.startswith("Most often labelled focused (50 %), then curious (15 %")
