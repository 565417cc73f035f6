"""The head's directions, turns, shakes and nods."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.vision.concentration import Values
from inference.vision.head import Heads, HeadTable, head_of_spans, joined, neutral_pose_deg
from inference.vision.profiles import DEFAULT, VERSIONS
from inference.vision.shakes import LEAST_FPS, reversals, shakes

MINUTE = np.array([[0.0, 60.0]])
HALVES = np.array([[0.0, 30.0], [30.0, 60.0]])


def heads_of(yaw_deg: object, pitch_deg: object = 0.0, *, fps: float = 1.0, confidence: float = 0.9) -> Heads:
    yaw = np.asarray(yaw_deg, np.float64)
    pitch = np.broadcast_to(np.asarray(pitch_deg, np.float64), yaw.shape).copy()
    n = len(yaw)
    return Heads(np.arange(n) / fps, np.full(n, 1 / fps), yaw, pitch, np.full(n, confidence))


def table_of(heads: Heads, spans: Values = MINUTE) -> HeadTable:
    return head_of_spans(heads, spans, profile=DEFAULT)


def with_looks(side_deg: float, seconds: int, *, n: int = 60) -> list[float]:
    return [0.0] * (n - seconds) + [side_deg] * seconds


def test_negative_yaw_looks_to_the_images_left() -> None:
    table = table_of(heads_of(with_looks(-25, 15)))
    assert (table.left_share[0], table.right_share[0], table.centre_share[0]) == (0.25, 0, 0.75)


def test_negative_pitch_looks_down_and_positive_up() -> None:
    table = table_of(heads_of([0.0] * 60, [0.0] * 30 + [-20.0] * 12 + [20.0] * 18))
    assert (table.down_share[0], table.up_share[0]) == pytest.approx((0.2, 0.3))


def test_a_camera_at_the_side_does_not_make_a_person_look_aside() -> None:
    assert table_of(heads_of([28.0] * 60)).centre_share[0] == 1


def test_unsure_poses_do_not_make_the_neutral_one() -> None:
    heads = heads_of([40.0] * 40 + [5.0] * 20)
    sure = np.array([0.2] * 40 + [0.9] * 20)
    assert neutral_pose_deg(replace(heads, confidence=sure), window_s=120) == (5, 0)


def test_without_confidences_all_poses_make_the_neutral_one() -> None:
    assert neutral_pose_deg(heads_of([7.0] * 20, confidence=np.nan), window_s=120) == (7, 0)


def test_a_person_seen_for_some_seconds_has_no_neutral_pose_and_no_direction() -> None:
    table = table_of(heads_of([0.0] * 8))
    assert table.measured_s[0] == 0
    assert np.isnan([table.centre_share[0], table.left_share[0], table.n_turns[0]]).all()


def test_what_follows_two_minutes_does_not_change_the_neutral_pose() -> None:
    assert neutral_pose_deg(heads_of([3.0] * 121 + [50.0] * 600), window_s=120) == (3, 0)


def test_a_turn_lasts_two_seconds() -> None:
    glance, turn = with_looks(0, 0), with_looks(0, 0)
    glance[20], turn[20:22], turn[40:45] = 40, (40, 40), (-40,) * 5
    assert table_of(heads_of(glance)).n_turns[0] == 0
    assert table_of(heads_of(turn)).n_turns[0] == 2


def test_one_sample_of_two_seconds_is_no_turn() -> None:
    yaw = [0.0] * 30
    yaw[10] = 50
    assert table_of(heads_of(yaw, fps=0.5)).n_turns[0] == 0


def test_noise_about_the_limit_does_not_make_two_turns_of_one() -> None:
    yaw = with_looks(0, 0)
    yaw[20:29] = [32, 33, 29, 34, 31, 28, 33, 35, 32]
    assert table_of(heads_of(yaw)).n_turns[0] == 1


def test_a_turn_counts_where_it_begins() -> None:
    yaw = [0.0] * 28 + [45.0] * 6 + [0.0] * 26
    assert table_of(heads_of(yaw), HALVES).n_turns.tolist() == [1, 0]


def test_a_gap_in_the_middle_of_a_look_aside_is_not_known_to_be_a_turn() -> None:
    yaw = [0.0] * 20 + [45.0] + [np.nan] * 5 + [45.0] + [0.0] * 33
    assert table_of(heads_of(yaw)).n_turns[0] == 0


def swinging(*, hertz: float, deg: float, fps: float, start_s: float = 20, end_s: float = 22) -> Values:
    time_s = np.arange(0, 60, 1 / fps)
    swing = deg * np.sin(2 * np.pi * hertz * (time_s - start_s))
    return np.where((time_s >= start_s) & (time_s < end_s), swing, 0.0)


def test_a_shake_is_seen_and_counted_once() -> None:
    table = table_of(heads_of(swinging(hertz=2, deg=12, fps=15), fps=15), HALVES)
    assert (table.n_shakes.tolist(), table.n_nods.tolist()) == ([1, 0], [0, 0])


def test_a_nod_is_a_shake_of_the_pitch() -> None:
    pitch = swinging(hertz=2, deg=12, fps=15)
    table = table_of(heads_of(0 * pitch, pitch, fps=15))
    assert (table.n_shakes[0], table.n_nods[0]) == (0, 1)


def test_a_look_aside_and_back_is_no_shake() -> None:
    yaw = [0.0] * 150 + [30.0] * 15 + [0.0] * 150
    assert len(shakes(np.arange(len(yaw)) / 15, np.array(yaw))) == 0


def test_one_sample_a_second_cannot_see_a_shake() -> None:
    table = table_of(heads_of(swinging(hertz=2, deg=20, fps=1)))
    assert np.isnan(table.n_shakes[0]) and np.isnan(table.n_nods[0])


def test_a_faster_sampling_of_the_same_track_counts_the_shakes() -> None:
    fast = heads_of(swinging(hertz=2, deg=12, fps=15), fps=15)
    table = head_of_spans(heads_of([0.0] * 60), MINUTE, profile=DEFAULT, fast=fast)
    assert (table.n_shakes[0], table.measured_s[0]) == (1, 60)


def test_reversals_are_where_the_swing_turns_back() -> None:
    swinging_deg, trembling_deg = np.array([0.0, 5, 10, 8, 2, -4, 0, 9, 9, 2]), np.array([0.0, 2, -2, 3, 0, 2])
    assert reversals(np.arange(10) / 10, swinging_deg).tolist() == [0.2, 0.5, 0.7]
    assert reversals(np.arange(6) / 10, trembling_deg).tolist() == []


def test_where_the_head_rests_aside_nothing_swings() -> None:
    look = np.array([0.0] * 10 + [30.0] * 20 + [0.0] * 20 + [30.0] * 20 + [0.0] * 10)
    assert reversals(np.arange(80) / 10, look).tolist() == []


def test_joined_tracks_add_seconds_and_counts() -> None:
    aside = table_of(heads_of(with_looks(-40, 15)))
    straight = table_of(heads_of([0.0] * 20))
    both = joined([aside, straight])
    assert both.measured_s[0] == 80
    assert both.left_share[0] == pytest.approx(15 / 80)
    assert both.n_turns[0] == 1
    assert np.isnan(both.n_shakes[0])


def test_a_track_without_a_pose_leaves_a_persons_shares_as_they_are() -> None:
    seen, unseen = table_of(heads_of(with_looks(-40, 15))), table_of(heads_of([np.nan] * 20))
    assert joined([seen, unseen]).left_share[0] == seen.left_share[0]


@pytest.mark.parametrize("n", [0, 1])
def test_next_to_no_samples_are_no_error(n: int) -> None:
    table = table_of(heads_of([0.0] * n), HALVES)
    assert table.measured_s.tolist() == [0, 0]
    assert np.isnan(table.centre_share).all()


angle = st.integers(-60, 60).map(float)
looks = st.lists(st.tuples(angle, angle), min_size=10, max_size=60)
gappy = st.lists(st.tuples(angle | st.just(float("nan")), angle), min_size=10, max_size=60)


@settings(deadline=None, max_examples=40)
@given(gappy)
def test_a_mirror_swaps_left_and_right(poses: list[tuple[float, float]]) -> None:
    yaw, pitch = np.array(poses).T
    plain, mirrored = table_of(heads_of(yaw, pitch)), table_of(heads_of(-yaw, pitch))
    for field in fields(HeadTable):
        other = {"left_share": "right_share", "right_share": "left_share"}.get(field.name, field.name)
        np.testing.assert_array_equal(getattr(plain, field.name), getattr(mirrored, other))


@settings(deadline=None, max_examples=40)
@given(looks, st.sampled_from([2, 3, 5]))
def test_the_rate_of_sampling_does_not_change_the_shares(poses: list[tuple[float, float]], fps: int) -> None:
    yaw, pitch = np.array(poses).T
    slow = table_of(heads_of(yaw, pitch))
    quick = table_of(heads_of(np.repeat(yaw, fps), np.repeat(pitch, fps), fps=fps))
    for name in ("measured_s", "centre_share", "left_share", "right_share", "up_share", "down_share", "n_turns"):
        np.testing.assert_allclose(getattr(slow, name), getattr(quick, name), atol=1e-9)


@settings(deadline=None, max_examples=40)
@given(gappy)
def test_a_missing_sample_counts_as_nothing(poses: list[tuple[float, float]]) -> None:
    heads = heads_of(*np.array(poses).T)
    known = np.isfinite(heads.yaw_deg)
    rest = Heads(*(getattr(heads, field.name)[known] for field in fields(Heads)))
    for name in ("measured_s", "centre_share", "left_share", "right_share", "up_share", "down_share"):
        np.testing.assert_allclose(getattr(table_of(heads), name), getattr(table_of(rest), name))


@settings(deadline=None, max_examples=40)
@given(looks)
def test_the_shares_of_what_was_measured_add_up_to_one(poses: list[tuple[float, float]]) -> None:
    table = table_of(heads_of(*np.array(poses).T))
    total = sum(getattr(table, f"{name}_share")[0] for name in ("centre", "left", "right", "up", "down"))
    assert total == pytest.approx(1)


@settings(deadline=None, max_examples=40)
@given(st.floats(1.2, 2.0), st.floats(9, 25), st.floats(0, 1))
def test_a_shake_is_seen_wherever_it_can_be_measured(hertz: float, deg: float, start_s: float) -> None:
    fps = 2 * LEAST_FPS
    yaw = swinging(hertz=hertz, deg=deg, fps=fps, start_s=20 + start_s, end_s=23 + start_s)
    assert len(shakes(np.arange(len(yaw)) / fps, yaw)) == 1


def test_where_a_head_points_does_not_hang_on_what_the_index_makes_of_it() -> None:
    times_s = np.arange(300.0)
    yaw = np.where(times_s < 150, 0.0, 10.0)
    heads = Heads(times_s, np.ones(300), yaw, np.zeros(300), np.ones(300))
    for profile in VERSIONS.values():
        table = head_of_spans(heads, np.array([[150.0, 300.0]]), profile=profile)
        assert table.centre_share.tolist() == [1.0], profile.formula_version
