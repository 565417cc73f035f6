from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from inference.vision.fatigue.closed import closed_below, closed_of_openness, is_open_at_rest
from inference.vision.fatigue.eyes import eyes_of
from inference.vision.fatigue.profile import WINDOW
from inference.vision.fatigue.signals import EyeTrace, TrackSignals
from tests.inference.vision.fatigue.drawn import blinks, inside, person


def test_the_own_opening_is_the_median_of_the_first_minute() -> None:
    times_s = np.arange(120.0)
    openness = np.where(times_s < 60, 0.4, 0.2)
    assert closed_below(times_s, openness, profile=WINDOW) == pytest.approx(0.7 * 0.4)


def test_time_in_which_an_eye_was_shut_or_unseen_does_not_use_up_the_first_minute() -> None:
    times_s = np.arange(180.0)
    openness = np.select([times_s < 30, times_s < 60, times_s < 120], [0.05, np.nan, 0.4], 0.2)
    assert closed_below(times_s, openness, profile=WINDOW) == pytest.approx(0.7 * 0.4)


def test_too_few_samples_take_the_fallback_and_narrow_eyes_the_floor() -> None:
    assert closed_below(np.arange(5.0), np.full(5, 0.4), profile=WINDOW) == WINDOW.closed_fallback
    assert closed_below(np.arange(60.0), np.full(60, 0.13), profile=WINDOW) == WINDOW.closed_floor


def test_eyes_that_were_shut_throughout_are_closed() -> None:
    signals = person(closed_s=[(0, 120)])
    assert (closed_of_openness(signals, profile=WINDOW) == 1).all()


@pytest.mark.parametrize("eye", [0, 1])
@pytest.mark.parametrize("seen", [np.nan, 0.31])
def test_one_eye_is_enough_where_a_glass_hides_or_mirrors_the_other(eye: int, seen: float) -> None:
    signals = person(closed_s=[(50, 80)])
    openness = signals.eye_openness.copy()
    openness[:, eye] = seen
    closed = closed_of_openness(replace(signals, eye_openness=openness), profile=WINDOW)
    np.testing.assert_array_equal(closed == 1, inside(signals.times_s, [(50, 80)]))


def test_no_eye_is_not_measured() -> None:
    signals = person()
    nothing = replace(signals, eye_openness=np.full_like(signals.eye_openness, np.nan))
    assert np.isnan(closed_of_openness(nothing, profile=WINDOW)).all()


def test_an_eye_that_is_stuck_open_in_the_trace_does_not_hide_what_the_other_does() -> None:
    signals = person(closed_s=[*blinks(4.0, 60), (80, 100)])
    for stuck in (0.001, np.nan):
        closed = eyes_of(_with_eye(signals, 0, stuck), profile=WINDOW).fast.closed
        assert (closed[inside(signals.trace.times_s, [(80, 100)])] == 1).all()
        assert closed.mean() == pytest.approx((20 + 15 * 0.2) / 120, abs=0.01)


def test_an_open_eye_that_the_network_calls_closed_is_still_open() -> None:
    narrow = _with_eye(_with_eye(person(), 0, 0.8), 1, 0.8)
    assert eyes_of(narrow, profile=WINDOW).fast.closed.max() == 0
    unseen = replace(narrow, eye_openness=np.full_like(narrow.eye_openness, np.nan))
    assert eyes_of(unseen, profile=WINDOW).fast.closed.min() == 1


def test_small_eyes_that_never_look_surely_closed_are_measured_by_their_own_blinks() -> None:
    signals = person(closed_s=[*blinks(4.0, 60), (80, 100)])
    faint = np.where(signals.trace.closed > 0.5, 0.3, 0.005)
    closed = eyes_of(replace(signals, trace=EyeTrace(signals.trace.times_s, faint)), profile=WINDOW).fast.closed
    assert (closed[inside(signals.trace.times_s, [(80, 100)])] == 1).all()


def test_landmarks_know_eyes_that_rest_open() -> None:
    assert is_open_at_rest(person(), profile=WINDOW)
    assert not is_open_at_rest(person(closed_s=[(0, 120)]), profile=WINDOW)


def _with_eye(signals: TrackSignals, eye: int, closed: float) -> TrackSignals:
    changed = signals.trace.closed.copy()
    changed[:, eye] = closed
    return replace(signals, trace=EyeTrace(signals.trace.times_s, changed))
