"""The made-up heads by which shakes are measured."""

from __future__ import annotations

import numpy as np

from benchmarks.shakes import FINE_FPS, MINUTES, SHAKES_A_MINUTE, head_of, seen_at
from inference.vision.shakes import LEAST_FPS


def test_a_head_shakes_as_often_as_it_says() -> None:
    head = head_of(np.random.default_rng(0))
    assert len(head.angle_deg) == MINUTES * 60 * FINE_FPS
    assert len(head.shakes_s) == SHAKES_A_MINUTE * MINUTES
    assert (np.diff(head.shakes_s) > 5).all()


def test_shakes_are_seen_at_the_least_rate_and_not_at_one_a_second() -> None:
    heads = [head_of(np.random.default_rng(seed)) for seed in range(2)]
    found, false_a_minute = seen_at(LEAST_FPS, heads, 0.5)
    assert found > 0.9 and false_a_minute < 0.2
    assert seen_at(1.0, heads, 0.5)[0] < 0.1
