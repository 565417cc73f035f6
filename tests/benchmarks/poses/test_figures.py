"""Figures of head pose on angles whose errors are known."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.poses.figures import accuracy, agreement, by_range, confidence_meaning, errors_deg, residual_meaning

WANTED = np.random.default_rng(0).uniform(-29, 29, (400, 3))


def test_errors_do_not_jump_where_angles_wrap() -> None:
    assert errors_deg(np.array([[179.0, 0, -10]]), np.array([[-179.0, 0, 20]])).tolist() == [[-2, 0, -30]]


def test_accuracy_leaves_out_what_was_not_found() -> None:
    found = WANTED + np.array([1, -2, 6])
    found[:50] = np.nan
    figures = accuracy(found, WANTED)
    assert figures["mae_deg"][0] == pytest.approx(3)
    assert [figures[f"mae_{name}_deg"][0] for name in ("yaw", "pitch", "roll")] == pytest.approx([1, 2, 6])


def test_a_network_that_turns_half_as_far_has_a_slope_of_a_half() -> None:
    assert accuracy(WANTED / 2, WANTED)["slope_yaw"][0] == pytest.approx(0.5)


def test_ranges_are_those_of_the_angle_that_was_wanted() -> None:
    found = WANTED.copy()
    found[np.abs(WANTED[:, 2]) >= 15, 2] += 8
    wide = np.concatenate([WANTED, [[40, 35, 0], [50, 0, 0]]])
    figures = by_range(np.concatenate([found, [[40, 35, 0], [50, 0, 0]]]), wide)
    assert (figures["mae_roll_0_15_deg"][0], figures["mae_roll_15_30_deg"][0]) == (0, 8)


def test_a_residual_that_knows_the_error_correlates_with_it() -> None:
    size = np.random.default_rng(1).uniform(0, 10, 400)
    figures = residual_meaning(WANTED + size[:, None], WANTED, size, np.full(400, 100.0))
    assert figures["residual_rank_correlation"][0] == pytest.approx(1)
    quarters = [figures[f"mae_residual_quarter_{number}_deg"][0] for number in (1, 2, 3, 4)]
    assert quarters == pytest.approx([1.25, 3.75, 6.25, 8.75], abs=0.5)


def test_confidence_is_compared_with_how_often_the_pose_is_right() -> None:
    share = np.repeat([0.01, 0.02, 0.05], [100, 100, 200])
    found = WANTED.copy()
    found[200:] += 20
    figures = confidence_meaning(found, WANTED, share * 100, np.full(400, 100.0))
    assert figures["confidence_high_right"][0] == 1
    assert figures["confidence_low_right"][0] == 0
    assert figures["confidence_high_promised"][0] > 0.9 > 0.5 > figures["confidence_low_promised"][0]


def test_agreement_counts_faces_that_both_found() -> None:
    theirs = WANTED + np.array([3, 0, -3])
    theirs[0] = np.nan
    assert agreement(WANTED, theirs)["difference_deg"][0] == pytest.approx(2)
    assert agreement(WANTED, theirs)["correlation_pitch"][0] == pytest.approx(1)
