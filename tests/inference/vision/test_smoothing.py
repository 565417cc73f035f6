"""Smoothed probabilities and states of one track."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.vision.concentration import Values
from inference.vision.profiles import DEFAULT
from inference.vision.smoothing import State, smoothed, states

LABELS = ("focused", "happy", "tired")
FOCUSED, HAPPY, TIRED = np.eye(3)
patient = settings(deadline=None, max_examples=40)


def face(*held: tuple[Values, float], fps: float = 1.0) -> tuple[Values, Values]:
    """Return times and probabilities of a face that shows each expression for some seconds."""
    counts = [round(seconds * fps) for _mix, seconds in held]
    mixes = np.concatenate([np.tile(mix, (count, 1)) for (mix, _s), count in zip(held, counts, strict=True)])
    return np.arange(len(mixes)) / fps, mixes


def slowly_smoothed(times_s: Values, probabilities: Values, steps_s: Values) -> Values:
    """Return the weighted mean around each time, sample by sample."""
    weights = [steps_s * np.exp(-np.abs(times_s - time_s) / DEFAULT.smoothing_tau_s) for time_s in times_s]
    return np.stack([weight @ probabilities / weight.sum() for weight in weights])


@patient
@given(seed=st.integers(0, 1000), n=st.integers(3, 60))
def test_smoothing_is_the_decayed_mean_of_both_sides(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    steps_s = rng.uniform(0.1, 2, n)
    times_s, mixes = np.cumsum(steps_s) - steps_s, rng.dirichlet(np.ones(3), n)
    held_s = np.append(steps_s[:-1], np.median(steps_s[:-1]))
    np.testing.assert_allclose(
        smoothed(times_s, mixes, profile=DEFAULT), slowly_smoothed(times_s, mixes, held_s), atol=1e-9
    )


def test_smoothed_probabilities_still_sum_to_one() -> None:
    times_s, mixes = face((FOCUSED, 30), (HAPPY, 30))
    np.testing.assert_allclose(smoothed(times_s, mixes, profile=DEFAULT).sum(axis=1), 1)


def test_hours_of_samples_are_smoothed_without_overflow() -> None:
    times_s, mixes = face((FOCUSED, 10_000), (HAPPY, 10_000))
    found = smoothed(times_s, mixes, profile=DEFAULT)
    np.testing.assert_allclose(found[[0, 9_000, -1]], [FOCUSED, FOCUSED, HAPPY], atol=1e-9)


def test_nothing_is_carried_over_a_gap() -> None:
    times_s, mixes = face((FOCUSED, 20), (HAPPY, 20))
    times_s[20:] += 10
    np.testing.assert_allclose(smoothed(times_s, mixes, profile=DEFAULT), mixes, atol=1e-9)


def test_samples_without_probabilities_stay_without() -> None:
    times_s, mixes = face((FOCUSED, 10))
    mixes[4] = np.nan
    found = smoothed(times_s, mixes, profile=DEFAULT)
    np.testing.assert_array_equal(np.isnan(found[:, 0]), np.arange(10) == 4)


def test_a_flash_of_another_expression_changes_no_state() -> None:
    times_s, mixes = face((FOCUSED, 30), (HAPPY, 1), (FOCUSED, 30))
    assert states(times_s, mixes, LABELS, profile=DEFAULT) == [State(0, 61, "focused")]


def test_a_state_changes_when_the_expression_does() -> None:
    times_s, mixes = face((FOCUSED, 30), (HAPPY, 30), (TIRED, 30))
    found = states(times_s, mixes, LABELS, profile=DEFAULT)
    assert [state.label for state in found] == ["focused", "happy", "tired"]
    np.testing.assert_allclose([state.start_s for state in found], [0, 30, 60], atol=1.5)


def test_classes_that_take_turns_every_second_do_not_flicker() -> None:
    times_s, mixes = face(*[(FOCUSED, 1), (HAPPY, 1)] * 60)
    assert len(states(times_s, mixes, LABELS, profile=DEFAULT)) <= 1


def test_a_face_between_two_classes_has_no_state() -> None:
    times_s, mixes = face(((FOCUSED + HAPPY) / 2, 60))
    assert states(times_s, mixes, LABELS, profile=DEFAULT) == []


def test_a_gap_ends_a_state() -> None:
    times_s, mixes = face((FOCUSED, 20), (FOCUSED, 20))
    times_s[20:] += 10
    assert states(times_s, mixes, LABELS, profile=DEFAULT) == [State(0, 20, "focused"), State(30, 50, "focused")]


def test_samples_without_probabilities_are_a_gap() -> None:
    times_s, mixes = face((FOCUSED, 20), (HAPPY, 10), (FOCUSED, 20))
    mixes[20:30] = np.nan
    assert states(times_s, mixes, LABELS, profile=DEFAULT) == [State(0, 20, "focused"), State(30, 50, "focused")]


def test_one_missing_sample_ends_no_state_at_a_slow_rate() -> None:
    times_s, mixes = face((FOCUSED, 600), fps=0.1)
    mixes[20] = np.nan
    assert states(times_s, mixes, LABELS, profile=DEFAULT) == [State(0, 600, "focused")]


@patient
@given(seed=st.integers(0, 1000), fps=st.sampled_from([2, 5, 15]))
def test_the_sampling_rate_changes_no_state(seed: int, fps: int) -> None:
    rng = np.random.default_rng(seed)
    held = [(np.eye(3)[label], float(rng.integers(12, 40))) for label in rng.permutation(np.tile(np.arange(3), 3))]
    once, often = (states(*face(*held, fps=each), LABELS, profile=DEFAULT) for each in (1, fps))
    assert [state.label for state in once] == [state.label for state in often]
    bounds = [np.array([(state.start_s, state.end_s) for state in each]) for each in (once, often)]
    np.testing.assert_allclose(bounds[0], bounds[1], atol=1.0)


@patient
@given(seed=st.integers(0, 1000), n=st.integers(0, 80))
def test_states_ascend_do_not_overlap_and_last(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    times_s, mixes = np.cumsum(rng.choice([0.2, 1, 1, 1, 8], n)), rng.dirichlet(np.ones(3) * 0.3, n)
    found = states(times_s, mixes, LABELS, profile=DEFAULT)
    bounds = [bound for state in found for bound in (state.start_s, state.end_s)]
    assert bounds == sorted(bounds)
    assert all(state.end_s - state.start_s >= DEFAULT.state_dwell_s for state in found)


@pytest.mark.parametrize("count", [0, 1])
def test_a_face_that_is_hardly_seen_has_no_state(count: int) -> None:
    times_s, mixes = np.zeros(count), np.tile(FOCUSED, (count, 1))
    assert states(times_s, mixes, LABELS, profile=DEFAULT) == []


def test_a_longer_dwell_leaves_out_a_short_state() -> None:
    times_s, mixes = face((FOCUSED, 30), (HAPPY, 10), (FOCUSED, 30))
    patient_profile = replace(DEFAULT, state_dwell_s=15.0)
    assert len(states(times_s, mixes, LABELS, profile=DEFAULT)) == 3
    assert len(states(times_s, mixes, LABELS, profile=patient_profile)) == 1
