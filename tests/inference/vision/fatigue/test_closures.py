from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from inference.vision.concentration import Values
from inference.vision.fatigue.blinks import blinks_of, running_median
from inference.vision.fatigue.closures import closures_of, is_within, long_closures_of
from inference.vision.fatigue.profile import WINDOW
from inference.vision.fatigue.signals import EyeTrace
from tests.inference.vision.fatigue.drawn import inside

patient = settings(deadline=None, max_examples=40)
FPS = 25.0
odds = st.one_of(st.floats(0.01, 7), st.floats(-7, -0.01), st.just(float("nan")))


def trace_of(
    closed_s: list[tuple[float, float]], *, fps: float = FPS, rest: float = 0.02, peak: float = 0.98
) -> EyeTrace:
    times_s = np.arange(0, 20, 1 / fps)
    closed = np.where(inside(times_s, closed_s), peak, rest)
    return EyeTrace(times_s, np.stack([closed, closed], axis=1))


def lengths(trace: EyeTrace) -> list[float]:
    return [round(float(length_s), 2) for length_s in blinks_of(trace, profile=WINDOW).length_s]


@patient
@given(arrays(np.float64, st.integers(0, 60), elements=odds))
def test_closures_follow_each_other_and_hold_exactly_the_closed_samples(beyond: Values) -> None:
    times_s = np.arange(len(beyond)) / FPS
    closures = closures_of(times_s, beyond)
    assert (closures.length_s >= 0).all()
    assert (closures.start_s[1:] > closures.end_s[:-1]).all()
    covered = (times_s[:, None] >= closures.start_s) & (times_s[:, None] <= closures.end_s)
    np.testing.assert_array_equal(covered.any(axis=1), beyond > 0)


def test_the_end_of_a_closure_lies_on_the_line_between_two_samples() -> None:
    closures = closures_of(np.array([0.0, 1.0, 2.0, 3.0]), np.array([-1.0, 1.0, 3.0, -1.0]))
    assert closures.start_s[0] == pytest.approx(0.5)
    assert closures.end_s[0] == pytest.approx(2.75)


def test_a_gap_ends_a_closure() -> None:
    times_s = np.array([0.0, 0.1, 0.2, 5.0, 5.1, 5.2, 5.3])
    closures = closures_of(times_s, np.ones(7))
    np.testing.assert_allclose(closures.start_s, [0, 5])
    np.testing.assert_allclose(closures.end_s, [0.2, 5.3])


def test_a_sample_that_was_not_measured_ends_a_closure() -> None:
    closures = closures_of(np.arange(5.0), np.array([1.0, 1.0, np.nan, 1.0, 1.0]))
    assert len(closures.start_s) == 2


def test_more_than_half_a_second_is_a_long_closure_and_no_blink() -> None:
    trace = trace_of([(5.0, 5.2), (9.0, 9.8)])
    closures = closures_of(trace.times_s, trace.closed[:, 0] - 0.5)
    assert len(long_closures_of(closures, profile=WINDOW).start_s) == 1
    assert lengths(trace) == pytest.approx([0.2], abs=0.04)


def test_times_within_closures_are_marked() -> None:
    closures = closures_of(np.arange(4.0), np.array([-1.0, 1.0, 1.0, -1.0]))
    np.testing.assert_array_equal(is_within(np.array([0.0, 0.6, 2.0, 2.4, 3.0]), closures), [0, 1, 1, 1, 0])


@pytest.mark.parametrize("fps", [12.0, 15.0, 25.0])
@patient
@given(start_s=st.floats(3, 15), length_s=st.floats(0.12, 0.28))
def test_a_blink_is_found_once_at_any_rate(fps: float, start_s: float, length_s: float) -> None:
    found = blinks_of(trace_of([(start_s, start_s + length_s)], fps=fps), profile=WINDOW)
    assert len(found.start_s) == 1
    assert found.start_s[0] == pytest.approx(start_s, abs=1.5 / fps)
    assert found.length_s[0] == pytest.approx(length_s, abs=1.5 / fps)


def test_a_blink_of_eyes_that_rest_narrow_is_found_though_no_probability_passes_one_half() -> None:
    assert lengths(trace_of([(5.0, 5.2)], rest=0.001, peak=0.3)) == pytest.approx([0.2], abs=0.04)
    assert lengths(trace_of([(5.0, 5.2)], rest=0.6, peak=0.99)) == pytest.approx([0.2], abs=0.04)


def test_one_sample_of_a_fast_trace_is_a_flicker() -> None:
    assert lengths(trace_of([(5.0, 5.03)], fps=50.0)) == []


def test_two_blinks_near_each_other_are_two() -> None:
    assert lengths(trace_of([(5.0, 5.2), (5.6, 5.8)])) == pytest.approx([0.2, 0.2], abs=0.04)


def test_a_blink_at_the_edge_of_what_was_seen_is_not_counted() -> None:
    assert lengths(trace_of([(0.0, 0.2), (19.8, 20.0)])) == []


def test_noise_is_no_blink() -> None:
    random = np.random.default_rng(1)
    odds = random.normal(-2, 1, (300, 1))
    closed = np.repeat(1 / (1 + np.exp(-odds)), 2, axis=1)
    assert lengths(EyeTrace(np.arange(300) / 15, closed)) == []


def test_an_empty_trace_has_no_blink() -> None:
    assert lengths(EyeTrace()) == []
    assert lengths(EyeTrace(np.array([1.0]), np.array([[0.5, 0.5]]))) == []
    assert lengths(EyeTrace(np.arange(9.0), np.full((9, 2), np.nan))) == []


@patient
@given(arrays(np.float64, st.integers(1, 40), elements=st.floats(-7, 7)), st.integers(1, 15))
def test_the_running_median_agrees_with_the_obvious_one(values: Values, width: int) -> None:
    half = min(max(width // 2, 1), max(len(values) - 1, 0))
    padded = np.concatenate([[values[0]] * half, values, [values[-1]] * half])
    slow = [np.median(padded[place : place + 2 * half + 1]) for place in range(len(values))]
    np.testing.assert_allclose(running_median(values, width), slow)
