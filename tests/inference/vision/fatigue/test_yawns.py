from __future__ import annotations

import numpy as np
import pytest

from inference.vision.fatigue.profile import WINDOW
from inference.vision.fatigue.yawns import yawns_of
from tests.inference.vision.fatigue.drawn import inside


def yawns(intervals_s: list[tuple[float, float]], *, fps: float = 1.0, rest: float = 0.03) -> list[float]:
    times_s = np.arange(0, 120, 1 / fps)
    mouth = np.where(inside(times_s, intervals_s), 0.7, rest)
    return [float(start_s) for start_s in yawns_of(times_s, mouth, profile=WINDOW)]


@pytest.mark.parametrize("fps", [1.0, 2.0, 5.0])
def test_a_mouth_wide_open_for_four_seconds_is_one_yawn_at_any_rate(fps: float) -> None:
    assert yawns([(30, 34)], fps=fps) == [30]


def test_a_mouth_open_for_a_second_is_speech() -> None:
    assert yawns([(30, 31.2)], fps=5.0) == []
    assert yawns([(30, 31)]) == []


def test_two_samples_a_second_apart_are_not_sure_enough() -> None:
    assert yawns([(30, 32)]) == []
    assert yawns([(30, 33)]) == [30]


def test_lips_that_rest_apart_raise_the_threshold() -> None:
    assert yawns([(30, 34)], rest=0.5) == []


def test_a_gap_in_the_middle_makes_no_yawn_of_two_short_ones() -> None:
    times_s = np.array([*range(20), 40, 41, *range(60, 80)], np.float64)
    mouth = np.where(inside(times_s, [(18, 42)]), 0.8, 0.03)
    assert yawns_of(times_s, mouth, profile=WINDOW).tolist() == []


def test_a_mouth_that_was_not_measured_does_not_yawn() -> None:
    assert len(yawns_of(np.arange(60.0), np.full(60, np.nan), profile=WINDOW)) == 0
    assert len(yawns_of(np.empty(0), np.empty(0), profile=WINDOW)) == 0
