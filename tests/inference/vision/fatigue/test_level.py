from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from inference.vision.concentration import Values
from inference.vision.fatigue.level import Signs, fatigue_level, tired_state
from inference.vision.fatigue.profile import FATIGUE_PROFILES, PAPER001, WINDOW
from inference.vision.fatigue.signals import EyeTrace, TrackSignals
from inference.vision.fatigue.spans import fatigue_of
from tests.inference.vision.fatigue.drawn import CLOSED, CLOSED_EAR, blinks, inside, person

patient = settings(deadline=None, max_examples=40)
unit = st.one_of(st.floats(0, 1), st.just(float("nan")))
columns = arrays(np.float64, 20, elements=unit)
NOTHING = np.full(20, np.nan)
WEIGHTS = np.array([WINDOW.perclos_weight, WINDOW.long_weight, WINDOW.closings_weight, WINDOW.yawns_weight])


@patient
@given(columns, columns, columns, columns, columns)
def test_the_level_is_between_0_and_1_or_unknown(a: Values, b: Values, c: Values, d: Values, e: Values) -> None:
    level = fatigue_level(Signs(a, b, c, d, e), profile=WINDOW)
    known = level[np.isfinite(level)]
    assert ((known >= 0) & (known <= 1 + 1e-12)).all()


@patient
@given(columns, columns, columns, columns, columns)
def test_the_level_is_unknown_without_eyes_and_mouth(a: Values, b: Values, c: Values, d: Values, e: Values) -> None:
    level = fatigue_level(Signs(a, b, c, d, e), profile=WINDOW)
    assert (np.isnan(level) == (np.isnan(a) & np.isnan(d))).all()


@patient
@given(*(st.floats(0, 1) for _ in range(4)), st.integers(1, 3))
def test_a_missing_sign_leaves_its_weight_to_the_others(
    perclos: float, long: float, closings: float, yawns: float, missing: int
) -> None:
    values = np.array([perclos, long, closings, yawns])
    values[missing] = np.nan
    kept = np.isfinite(values)
    signs = Signs(values[:1], values[1:2], values[2:3], values[3:], np.array([np.nan]))
    level = fatigue_level(signs, profile=WINDOW)
    assert level[0] == pytest.approx((values * WEIGHTS)[kept].sum() / WEIGHTS[kept].sum())


def test_the_expression_is_not_needed_and_counts_least() -> None:
    some = np.full(20, 0.5)
    without, tired = (fatigue_level(Signs(some, some, some, some, e), profile=WINDOW) for e in (NOTHING, np.ones(20)))
    np.testing.assert_allclose(without, 0.5)
    assert (tired > without).all()
    assert min(WEIGHTS) >= WINDOW.expression_weight


@patient
@given(
    st.lists(st.tuples(st.floats(62, 118), st.floats(0.1, 20)), min_size=1, max_size=5),
    st.floats(2.5, 12),
    st.sampled_from([0.0, 12.0, 15.0]),
)
def test_closing_the_eyes_never_lowers_the_level(
    closures: list[tuple[float, float]], every_s: float, trace_fps: float
) -> None:
    signals = person(closed_s=blinks(every_s, 120), trace_fps=trace_fps)
    closed_s = [(start_s, start_s + length_s) for start_s, length_s in closures]
    before, after = fatigue_of(signals).level, fatigue_of(_with_closed(signals, closed_s)).level
    known = np.isfinite(before)
    np.testing.assert_array_equal(known, np.isfinite(after))
    assert (after[known] >= before[known] - 1e-9).all()


def test_eyes_that_stay_closed_become_tired_and_open_again() -> None:
    signals = person(duration_s=300, closed_s=[*blinks(4.0, 100), (100, 140), *blinks(4.0, 290, from_s=145)])
    state = fatigue_of(signals)
    at = {time_s: state.is_tired[signals.times_s == time_s][0] for time_s in (90, 135, 280)}
    assert at == {90: 0, 135: 1, 280: 0}


@pytest.mark.parametrize(("fps", "trace_fps"), [(1.0, 12.0), (2.0, 15.0), (5.0, 25.0)])
def test_the_rate_of_the_samples_hardly_moves_the_level(fps: float, trace_fps: float) -> None:
    closed_s = [*blinks(4.0, 60), *((start_s, start_s + 1.5) for start_s in range(62, 118, 8))]
    signals = person(closed_s=closed_s, fps=fps, trace_fps=trace_fps)
    assert fatigue_of(signals).level[-1] == pytest.approx(0.475, abs=0.02)


def test_the_class_has_hysteresis() -> None:
    level = np.array([0.1, 0.39, 0.41, 0.35, np.nan, 0.31, 0.29, 0.39])
    np.testing.assert_array_equal(tired_state(level, profile=WINDOW), [0, 0, 1, 1, np.nan, 1, 0, 0])


def test_no_level_is_no_class() -> None:
    assert tired_state(np.empty(0), profile=WINDOW).shape == (0,)
    assert np.isnan(tired_state(np.array([np.nan]), profile=WINDOW)).all()


def test_the_counter_is_tired_when_it_is_full() -> None:
    np.testing.assert_array_equal(tired_state(np.array([0.4, 0.99, 1.0, 1.0]), profile=PAPER001), [0, 0, 1, 1])


def test_each_profile_has_its_own_formula_version() -> None:
    versions = {profile.formula_version for profile in FATIGUE_PROFILES.values()}
    assert versions == {"fatigue-1", "paper001-1"}


def _with_closed(signals: TrackSignals, closed_s: list[tuple[float, float]]) -> TrackSignals:
    slow, fast = inside(signals.times_s, closed_s)[:, None], inside(signals.trace.times_s, closed_s)[:, None]
    trace = EyeTrace(signals.trace.times_s, np.where(fast, CLOSED, signals.trace.closed))
    return replace(signals, eye_openness=np.where(slow, CLOSED_EAR, signals.eye_openness), trace=trace)
