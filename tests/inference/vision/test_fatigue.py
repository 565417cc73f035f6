"""Closures, blinks and yawns."""

from __future__ import annotations

import math

import numpy as np
import pytest

from inference.vision.stages import fatigue

FPS = 25.0
TIMES_S = np.arange(0, 60, 1 / FPS)


def eyes(*closed_s: tuple[float, float]) -> np.ndarray:
    openness = np.full(len(TIMES_S), 0.3)
    for start_s, end_s in closed_s:
        openness[np.searchsorted(TIMES_S, start_s) : np.searchsorted(TIMES_S, end_s)] = 0.05
    return openness


def test_blinks_are_counted_and_long_closures_are_not_blinks() -> None:
    openness = eyes((5.0, 5.2), (10.0, 10.2), (20.0, 22.0), (30.0, 30.04))
    assert fatigue.blink_rate_per_min(TIMES_S, openness, closed_below=0.2, sample_fps=FPS) == pytest.approx(2.0)
    (closure,) = fatigue.long_closures(TIMES_S, openness, closed_below=0.2, sample_fps=FPS)
    assert closure.start_s == pytest.approx(20.0) and closure.duration_s == pytest.approx(2.0)


def test_blinks_are_not_measurable_below_twelve_samples_a_second() -> None:
    times_s = np.arange(0, 60, 0.5)
    rate = fatigue.blink_rate_per_min(times_s, np.full(len(times_s), 0.05), closed_below=0.2, sample_fps=2.0)
    assert math.isnan(rate)
    assert fatigue.long_closures(times_s, np.full(len(times_s), 0.05), closed_below=0.2, sample_fps=2.0) == []


def test_time_that_was_not_measured_does_not_lower_the_rate() -> None:
    openness = eyes((5.0, 5.2))
    openness[TIMES_S >= 30] = np.nan
    assert fatigue.blink_rate_per_min(TIMES_S, openness, closed_below=0.2, sample_fps=FPS) == pytest.approx(2.0)


def test_a_yawn_is_two_seconds_of_open_mouth_even_at_one_sample_a_second() -> None:
    times_s = np.arange(0.0, 20.0)
    mouth = np.where((times_s >= 5) & (times_s < 8) | (times_s == 12), 0.8, 0.1)
    (yawn,) = fatigue.yawns(times_s, mouth, sample_fps=1.0)
    assert (yawn.start_s, yawn.end_s) == (5.0, 8.0)


def test_a_gap_in_time_ends_a_span() -> None:
    found = fatigue.spans(np.array([0.0, 1.0, 5.0]), np.ones(3, bool), sample_s=1.0)
    assert [(span.start_s, span.end_s) for span in found] == [(0.0, 2.0), (5.0, 6.0)]
