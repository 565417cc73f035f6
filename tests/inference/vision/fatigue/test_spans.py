from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.vision.concentration import Values
from inference.vision.fatigue.profile import PAPER001
from inference.vision.fatigue.reasons import NOT_MEASURED
from inference.vision.fatigue.signals import EyeTrace, TrackSignals, join_signals
from inference.vision.fatigue.spans import FatigueTable, fatigue_of_spans
from tests.inference.vision.fatigue.drawn import blinks, person

patient = settings(deadline=None, max_examples=40)
WHOLE = np.array([[0.0, 120.0]])
NOTHING = np.empty(0)
NOBODY = TrackSignals(NOTHING, np.empty((0, 2)), NOTHING, NOTHING, NOTHING, NOTHING)


def why(table: FatigueTable, sign: str, span: int = 0) -> str:
    return NOT_MEASURED[int(getattr(table, f"{sign}_reason")[span])]


def test_blinks_long_closures_and_yawns_are_counted_in_the_span_that_they_began_in() -> None:
    closed_s = [*blinks(6.0, 60), (70.0, 71.2), (90.0, 90.2)]
    signals = person(closed_s=closed_s, yawns_s=[(30, 34), (100, 103)])
    table = fatigue_of_spans(signals, np.array([[0.0, 60.0], [60.0, 120.0]]))
    np.testing.assert_allclose(table.blinks_per_min, [10, 1])
    np.testing.assert_array_equal(table.n_long_closures, [0, 1])
    np.testing.assert_array_equal(table.n_yawns, [1, 1])
    assert [why(table, sign) for sign in ("blinks", "long_closures", "yawns", "perclos")] == [""] * 4


def test_one_sample_a_second_cannot_see_blinks_but_measures_perclos() -> None:
    table = fatigue_of_spans(person(trace_fps=0, closed_s=[(20, 30)]), WHOLE)
    assert np.isnan(table.blinks_per_min[0])
    assert np.isnan(table.n_long_closures[0])
    assert why(table, "blinks") == why(table, "long_closures") == "rate"
    assert table.perclos[0] > 0
    assert table.level[0] > 0


@pytest.mark.parametrize(("trace_fps", "reason"), [(8.0, "rate"), (12.0, "")])
def test_blinks_need_twelve_samples_a_second(trace_fps: float, reason: str) -> None:
    table = fatigue_of_spans(person(trace_fps=trace_fps, closed_s=blinks(5.0, 120)), WHOLE)
    assert why(table, "blinks") == reason
    assert why(table, "long_closures") == ""


def test_a_small_face_is_not_measured_because_of_its_size() -> None:
    table = fatigue_of_spans(person(face_px=16, closed_s=blinks(5.0, 120)), WHOLE)
    assert {why(table, sign) for sign in ("blinks", "long_closures", "perclos", "yawns")} == {"size"}
    assert np.isnan(table.level[0])


def test_closed_eyes_are_measured_on_smaller_faces_than_blinks() -> None:
    table = fatigue_of_spans(person(face_px=56, closed_s=[*blinks(5.0, 60), (70, 80)]), WHOLE)
    assert why(table, "blinks") == "size"
    assert np.isnan(table.blinks_per_min[0])
    assert table.n_long_closures[0] == 1
    assert why(table, "perclos") == ""


def test_seconds_in_which_the_face_was_poorly_seen_are_not_measured() -> None:
    signals = person(closed_s=[(30, 50)])
    poor = replace(signals, quality=np.where((signals.times_s >= 28) & (signals.times_s <= 52), 0.0, 1.0))
    table = fatigue_of_spans(poor, WHOLE)
    assert table.measured_s[0] == pytest.approx(95, abs=1)
    assert table.n_long_closures[0] == 0
    assert fatigue_of_spans(signals, WHOLE).n_long_closures[0] == 1


def test_less_than_ten_seconds_are_too_short() -> None:
    table = fatigue_of_spans(person(duration_s=8), WHOLE)
    assert {why(table, sign) for sign in ("blinks", "long_closures", "perclos", "yawns")} == {"short"}
    assert np.isnan(table.level[0])


def test_nobody_has_no_fatigue() -> None:
    table = fatigue_of_spans(NOBODY, WHOLE)
    assert all(np.isnan(getattr(table, name)[0]) for name in ("level", "tired_share", "perclos", "blinks_per_min"))
    assert table.measured_s[0] == 0
    assert why(table, "blinks") == "short"


def test_every_column_has_one_value_a_span() -> None:
    table = fatigue_of_spans(person(), np.array([[0.0, 30.0], [10.0, 90.0], [500.0, 530.0]]))
    assert {getattr(table, field.name).shape for field in fields(table)} == {(3,)}


def test_no_span_is_an_empty_table() -> None:
    assert fatigue_of_spans(person(), np.empty((0, 2))).level.shape == (0,)


def test_two_tracks_of_one_person_are_one_person() -> None:
    whole = person(closed_s=blinks(5.0, 120))
    parts = [_cut(whole, 0, 50), _cut(whole, 50, 120)]
    joined = fatigue_of_spans(join_signals(parts[::-1]), WHOLE)
    np.testing.assert_allclose(joined.level, fatigue_of_spans(whole, WHOLE).level)
    np.testing.assert_allclose(joined.blinks_per_min, fatigue_of_spans(whole, WHOLE).blinks_per_min)


def test_the_counter_of_paper_001_only_rises_and_makes_everybody_tired() -> None:
    signals = person(duration_s=400, closed_s=blinks(4.0, 400))
    minutes = np.array([[start_s, start_s + 60.0] for start_s in range(0, 360, 60)])
    paper, own = (fatigue_of_spans(signals, minutes, profile=PAPER001), fatigue_of_spans(signals, minutes))
    assert (np.diff(paper.level) >= 0).all()
    assert paper.level[-1] == paper.tired_share[-1] == 1
    assert own.tired_share.max() == 0


def test_the_counter_of_paper_001_sees_nothing_without_the_faster_sampling() -> None:
    table = fatigue_of_spans(person(trace_fps=0), WHOLE, profile=PAPER001)
    assert np.isnan(table.level[0])


def _cut(signals: TrackSignals, start_s: float, end_s: float) -> TrackSignals:
    slow = (signals.times_s >= start_s) & (signals.times_s < end_s)
    fast = (signals.trace.times_s >= start_s) & (signals.trace.times_s < end_s)
    names = ("times_s", "eye_openness", "mouth_openness", "face_px", "quality", "tired")
    columns = {name: getattr(signals, name)[slow] for name in names}
    return replace(signals, **columns, trace=EyeTrace(signals.trace.times_s[fast], signals.trace.closed[fast]))


def test_a_person_who_is_seen_twice_at_one_time_is_no_error() -> None:
    signals = person(closed_s=blinks(5.0, 120))
    table = fatigue_of_spans(join_signals([signals, signals]), WHOLE)
    assert np.isfinite(table.level[0])
    assert np.isfinite(table.perclos[0])


@patient
@given(st.integers(0, 40), st.integers(0, 60), st.integers(0, 2**16))
def test_any_signals_give_a_table_of_known_ranges(n: int, m: int, seed: int) -> None:
    random = np.random.default_rng(seed)

    def some(*shape: int, low: float = 0.0, high: float = 1.0) -> Values:
        return np.where(random.uniform(size=shape) < 0.2, np.nan, random.uniform(low, high, shape))

    signals = TrackSignals(
        np.sort(random.uniform(0, 100, n)).round(1), some(n, 2), some(n), some(n, high=150), some(n), some(n),
        EyeTrace(np.sort(random.uniform(0, 100, m)).round(1), some(m, 2)),
    )  # fmt: skip
    table = fatigue_of_spans(signals, np.array([[0.0, 50.0], [50.0, 100.0]]))
    for name in ("level", "tired_share", "perclos"):
        values = getattr(table, name)[np.isfinite(getattr(table, name))]
        assert ((values >= 0) & (values <= 1)).all()
    for name in ("blinks_per_min", "n_long_closures", "n_yawns", "measured_s"):
        assert not (getattr(table, name) < 0).any()
