from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from inference.vision.concentration import (
    Signals,
    Values,
    baseline,
    closed_threshold,
    concentration,
    expression_signal,
    eyes_closed,
    eyes_signal,
    head_offset_deg,
    head_offsets_deg,
    head_signal,
    irises_signal,
    lids_openness,
    lids_signal,
    narrowed,
    perclos,
)
from inference.vision.profiles import DEFAULT_1, EMOTION_WEIGHTS, PROFILES, VERSIONS, profile_of_version

DEFAULT = DEFAULT_1
LABELS = tuple(EMOTION_WEIGHTS)
unit = st.one_of(st.floats(0, 1), st.just(float("nan")))
columns = arrays(np.float64, 20, elements=unit)


def signals_of(expression: Values, head: Values, eyes: Values) -> Signals:
    nothing = np.full(len(expression), np.nan)
    return Signals(expression, head, eyes, nothing, nothing, nothing, irises=nothing)


def index_of_face(times_s: Values, probabilities: Values, yaw_deg: Values, openness: Values) -> Values:
    """Return the index of one track from its raw measurements."""
    offset_deg = head_offset_deg(*head_offsets_deg(times_s, yaw_deg, np.zeros_like(yaw_deg), profile=DEFAULT))
    closed = eyes_closed(times_s, openness, profile=DEFAULT)
    weights_s = np.full(len(times_s), float(np.median(np.diff(times_s))))
    eyes = eyes_signal(perclos(times_s, closed, weights_s, profile=DEFAULT), profile=DEFAULT)
    expression = expression_signal(probabilities, LABELS, profile=DEFAULT)
    return concentration(signals_of(expression, head_signal(offset_deg, profile=DEFAULT), eyes), profile=DEFAULT)


@given(columns, columns, columns)
def test_index_is_between_0_and_100_or_unknown(expression: Values, head: Values, eyes: Values) -> None:
    index = concentration(signals_of(expression, head, eyes), profile=DEFAULT)
    known = np.isfinite(index)
    assert ((index[known] >= 0) & (index[known] <= 100 + 1e-9)).all()


@given(columns, columns, columns)
def test_index_is_unknown_exactly_where_no_signal_is_there(expression: Values, head: Values, eyes: Values) -> None:
    index = concentration(signals_of(expression, head, eyes), profile=DEFAULT)
    nothing = np.isnan(expression) & np.isnan(head) & np.isnan(eyes)
    assert (np.isnan(index) == nothing).all()


@given(st.floats(0, 1), st.floats(0, 1))
def test_a_missing_signal_leaves_the_weights_of_the_others(expression: float, head: float) -> None:
    index = concentration(signals_of(np.array([expression]), np.array([head]), np.array([np.nan])), profile=DEFAULT)
    assert index[0] == pytest.approx(100 * (0.5 * expression + 0.3 * head) / 0.8)


@given(columns, columns)
def test_profile_without_emotion_does_not_read_expressions(head: Values, eyes: Values) -> None:
    profile = PROFILES["no-emotion"]
    happy = concentration(signals_of(np.ones(20), head, eyes), profile=profile)
    absent = concentration(signals_of(np.full(20, np.nan), head, eyes), profile=profile)
    np.testing.assert_array_equal(happy, absent)


@given(
    arrays(np.float64, 90, elements=st.floats(0.15, 0.45)),
    arrays(np.float64, (90, 6), elements=st.floats(0.01, 1)),
    arrays(np.float64, 90, elements=st.floats(-60, 60)),
)
def test_eyes_that_are_closed_throughout_never_raise_the_index(
    openness: Values, weights: Values, yaw_deg: Values
) -> None:
    times_s = np.arange(90.0)
    probabilities = weights / weights.sum(axis=1, keepdims=True)
    awake = index_of_face(times_s, probabilities, yaw_deg, openness)
    asleep = index_of_face(times_s, probabilities, yaw_deg, np.zeros(90))
    assert (asleep <= awake + 1e-9).all()


@given(arrays(np.bool_, 90), arrays(np.bool_, 90))
def test_closing_more_eyes_never_raises_the_eyes_signal(closed: Values, more: Values) -> None:
    times_s, weights_s = np.arange(90.0), np.ones(90)
    few = eyes_signal(perclos(times_s, closed.astype(float), weights_s, profile=DEFAULT), profile=DEFAULT)
    both = (closed.astype(bool) | more.astype(bool)).astype(float)
    many = eyes_signal(perclos(times_s, both, weights_s, profile=DEFAULT), profile=DEFAULT)
    known = np.isfinite(few)
    assert (many[known] <= few[known] + 1e-9).all()


@given(st.lists(st.tuples(st.floats(-60, 60), st.booleans()), min_size=4, max_size=8))
def test_index_does_not_depend_on_the_sampling_rate(stretches: list[tuple[float, bool]]) -> None:
    """Ten seconds a stretch, each with one pose and one state of the eyes, sampled once and four times a second."""
    means = []
    for fps in (1, 4):
        times_s = np.arange(0, 10 * len(stretches), 1 / fps)
        stretch = (times_s // 10).astype(int)
        yaw_deg = np.array([yaw for yaw, _shut in stretches])[stretch]
        openness = np.where(np.array([shut for _yaw, shut in stretches])[stretch], 0.05, 0.3)
        means.append(index_of_face(times_s, np.full((len(times_s), 6), 1 / 6), yaw_deg, openness).mean())
    # The first seconds of the eyes' window fill a sample earlier or later.
    assert means[0] == pytest.approx(means[1], abs=1.5)


def test_a_head_that_always_points_aside_is_its_own_baseline() -> None:
    times_s = np.arange(60.0)
    offsets_deg = head_offsets_deg(times_s, np.full(60, 25.0), np.full(60, -10.0), profile=DEFAULT)
    assert (head_signal(head_offset_deg(*offsets_deg), profile=DEFAULT) == 1).all()


@pytest.mark.parametrize(("offset_deg", "signal"), [(0, 1), (15, 1), (30, 0.5), (45, 0), (80, 0)])
def test_head_signal_falls_between_15_and_45_degrees(offset_deg: float, signal: float) -> None:
    assert head_signal(np.array([float(offset_deg)]), profile=DEFAULT)[0] == pytest.approx(signal)


def test_baseline_is_taken_from_the_first_two_minutes() -> None:
    times_s = np.arange(0, 600.0)
    yaw_deg = np.where(times_s <= 120, 5.0, 50.0)
    assert baseline(times_s, yaw_deg, window_s=120) == 5.0


def test_baseline_of_nothing_is_unknown() -> None:
    assert np.isnan(baseline(np.arange(3.0), np.full(3, np.nan), window_s=120))


def test_narrow_open_eyes_are_not_closed() -> None:
    assert not eyes_closed(np.arange(60.0), np.full(60, 0.18), profile=DEFAULT).any()


def test_eyes_are_judged_by_the_persons_own_opening() -> None:
    openness = np.full(60, 0.40)
    openness[30:] = 0.25
    assert closed_threshold(np.arange(60.0), np.full(60, 0.40), profile=DEFAULT) == pytest.approx(0.28)
    assert eyes_closed(np.arange(60.0), openness, profile=DEFAULT).sum() in {0, 30}


def test_unmeasured_eyes_leave_the_eyes_signal_unknown() -> None:
    closed = eyes_closed(np.arange(30.0), np.full(30, np.nan), profile=DEFAULT)
    assert np.isnan(closed).all()
    assert np.isnan(perclos(np.arange(30.0), closed, np.ones(30), profile=DEFAULT)).all()


def test_perclos_is_the_share_of_the_last_minute() -> None:
    closed = np.zeros(120)
    closed[60:90] = 1
    share = perclos(np.arange(120.0), closed, np.ones(120), profile=DEFAULT)
    assert np.isnan(share[:9]).all()
    assert share[59] == 0
    assert share[89] == pytest.approx(0.5)
    assert share[119] == pytest.approx(0.5)


def test_without_a_network_there_is_no_expression_signal() -> None:
    assert np.isnan(expression_signal(np.empty((3, 0)), (), profile=DEFAULT)).all()


def test_expression_signal_weighs_labels_by_name() -> None:
    reversed_labels = tuple(reversed(LABELS))
    one = np.eye(6)
    assert expression_signal(one, LABELS, profile=DEFAULT).tolist() == list(EMOTION_WEIGHTS.values())
    assert expression_signal(one, reversed_labels, profile=DEFAULT).tolist() == list(EMOTION_WEIGHTS.values())[::-1]


def test_every_profile_names_its_version() -> None:
    versions = [profile.formula_version for profile in PROFILES.values()]
    assert versions == ["default-2", "no-emotion-2", "sharma-1", "head-only-1"]
    assert [profile_of_version(version) for version in versions] == list(PROFILES.values())


def test_earlier_versions_can_still_be_computed() -> None:
    assert set(VERSIONS) > {"default-1", "no-emotion-1"}
    assert profile_of_version("default-1") is DEFAULT_1
    assert profile_of_version("default-0") is None


DEFAULT_2 = PROFILES["default"]
TIMES_S, OPEN, ZEROS = np.arange(60.0), np.full(60, 0.3), np.zeros(60)


@given(st.floats(0, 1))
def test_lids_count_from_half_to_all_of_the_persons_own_opening(share: float) -> None:
    openness = OPEN.copy()
    openness[30] *= share
    lids = lids_signal(TIMES_S, openness, ZEROS, profile=DEFAULT_2)
    assert lids[30] == pytest.approx(min(max(2 * share - 1, 0), 1), abs=1e-9)
    assert (np.delete(lids, 30) == 1).all()


def test_eyes_that_are_turned_aside_are_as_open_as_from_the_front() -> None:
    """A head that is turned by 60 degrees shows its eyes half as wide, so that their EAR is twice as large."""
    ear, yaw_deg = np.array([0.3, 0.6]), np.array([0.0, 60.0])
    np.testing.assert_allclose(lids_openness(ear, ear, ear, yaw_deg), 0.3)


def test_the_narrower_eye_says_how_far_lids_are_lowered() -> None:
    left, right, mean = np.array([0.1, np.nan]), np.array([0.3, 0.3]), np.array([0.2, 0.25])
    np.testing.assert_allclose(lids_openness(left, right, mean, np.zeros(2)), [0.1, 0.25])


@pytest.mark.parametrize(("x", "y", "value"), [(0, 0, 1), (0.04, 0, 1), (0, 0.07, 0.5), (0.14, 0, 0.5), (0, -0.2, 0)])
def test_irises_count_by_how_far_they_are_from_their_usual_place(x: float, y: float, value: float) -> None:
    columns = np.full((2, 60), 0.05)
    columns[:, 30] += (x, y)
    irises = irises_signal(TIMES_S, columns[0], columns[1], ZEROS, profile=DEFAULT_2)
    assert irises[30] == pytest.approx(value)
    assert (np.delete(irises, 30) == 1).all()


def test_closed_eyes_look_at_nothing() -> None:
    unknown, closed = np.full(60, np.nan), np.ones(60)
    for x in (ZEROS, unknown):
        assert (irises_signal(TIMES_S, x, x, closed, profile=DEFAULT_2) == 0).all()
    assert (lids_signal(TIMES_S, OPEN, closed, profile=DEFAULT_2) == 0).all()


def test_irises_that_are_too_small_leave_their_weight_to_the_others() -> None:
    one, unknown = np.ones(1), np.full(1, np.nan)
    signals = Signals(unknown, one, one * 0, unknown, unknown, unknown, irises=unknown)
    assert concentration(signals, profile=DEFAULT_2)[0] == pytest.approx(50)


def test_only_some_profiles_read_lids() -> None:
    eyes, lids = np.array([1.0, np.nan, 0.2]), np.array([0.5, 0.5, 1.0])
    np.testing.assert_array_equal(narrowed(eyes, lids, profile=DEFAULT_1), eyes)
    np.testing.assert_array_equal(narrowed(eyes, lids, profile=DEFAULT_2), [0.5, 0.5, 0.2])
