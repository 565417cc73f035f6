"""What could be read, where heads pointed, how tired faces appear: rows in, figures out."""

from __future__ import annotations

from dataclasses import replace

import pytest
from plotly import graph_objects as go

from dashboard.charts.coverage import COVERAGE_STATES, MISSING, READ, TURNED, coverage
from dashboard.charts.coverage import shares_of as coverage_of
from dashboard.charts.fatigue import fatigue
from dashboard.charts.heads import HEAD_STATES, heads
from dashboard.charts.heads import shares_of as directions_of
from inference.results import ScoreRow
from inference.vision.signs import SIGNS
from tests.dashboard.charts.rows import row

UNREAD = {"small_share": 0.05, "blurred_share": 0.02, "turned_share": 0.1, "covered_share": 0.03, "photo_share": 0.0}
ASIDE = {"look_left_share": 0.1, "look_right_share": 0.05, "look_up_share": 0.0, "look_down_share": 0.2}
TIRED = {"fatigue": 0.3, "perclos": 0.1, "tired_share": 0.2, "blinks_per_min": 14.0, "n_yawns": 0.4}


def with_signs(index: int, **signs: float | None) -> ScoreRow:
    return replace(row(index), signs=dict.fromkeys(SIGNS) | signs)


FULL = with_signs(0, **UNREAD, **ASIDE, **TIRED)
NOTHING = with_signs(1)


@pytest.mark.parametrize(
    "drawn", [coverage((FULL, NOTHING)), heads((FULL, NOTHING)), fatigue((FULL, NOTHING), has_fast_eyes=True)]
)
def test_figures_and_templates_are_valid_plotly(drawn: object) -> None:
    go.Figure(drawn.figure)  # type: ignore[attr-defined]
    for template in drawn.templates.values():  # type: ignore[attr-defined]
        go.layout.Template(template)


def test_what_was_read_and_what_was_not_make_a_hundred() -> None:
    shares = coverage_of(FULL)
    assert sum(shares.values()) == pytest.approx(100)
    # A face that was turned away counts in the coverage, but its expression was not read.
    assert shares[READ] == pytest.approx(70)
    assert shares[TURNED] == pytest.approx(10)
    assert shares[MISSING] == pytest.approx(10)


def test_directions_make_a_hundred() -> None:
    shares = directions_of(FULL)
    assert [round(shares[state]) for state in HEAD_STATES] == [65, 10, 5, 0, 20]


def test_a_segment_in_which_nothing_may_be_told_is_left_out() -> None:
    assert coverage_of(NOTHING) == directions_of(NOTHING) == {}
    assert coverage_of(row(0)) == directions_of(row(0)) == {}
    for drawn in (coverage((FULL, NOTHING)), heads((FULL, NOTHING))):
        assert all(len(trace["x"]) == 1 for trace in drawn.figure["data"])


def test_each_state_has_its_own_letter_and_pattern() -> None:
    for states in (COVERAGE_STATES, HEAD_STATES):
        assert len({state.letter for state in states}) == len({state.pattern for state in states}) == len(states)


def test_sentences_name_what_was_lost_and_where_heads_pointed() -> None:
    assert coverage((FULL,)).sentence == (
        "Faces were read 70 % of the time. Most often missing: turned away: head and eyes only, 10 %."
    )
    assert heads((FULL,)).sentence == "Ahead 65 % of the time, then down 20 %, most at 0:00. Left is the picture's."


def test_blinks_are_told_or_why_they_are_not() -> None:
    assert "Blinks: about 14 a minute." in fatigue((FULL,), has_fast_eyes=True).sentence
    assert "not measurable at this sampling rate" in fatigue((FULL,), has_fast_eyes=False).sentence
    unknown = replace(FULL, signs={**FULL.signs, "blinks_per_min": None})
    assert "eyes were too small" in fatigue((unknown,), has_fast_eyes=True).sentence


def test_the_table_of_fatigue_has_every_sign_and_a_dash_for_none() -> None:
    table = fatigue((FULL, NOTHING), has_fast_eyes=True).table
    assert table is not None
    assert table.rows[0] == ("0:00–0:30", "30 %", "20 %", "10 %", "14.0", "–", "0.4")
    assert set(table.rows[1][1:]) == {"–"}


def test_no_level_is_drawn_across_a_gap() -> None:
    line = fatigue((FULL, NOTHING, FULL), has_fast_eyes=False).figure["data"][0]
    assert line["y"] == [30.0, None, 30.0]
    assert line["connectgaps"] is False
