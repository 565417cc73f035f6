from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference.vision.aggregate import ScoreTable, score_class, score_people
from inference.vision.bootstrap import draws, expansion, interval
from inference.vision.cells import span_of
from inference.vision.concentration import Values
from inference.vision.profiles import EMOTION_WEIGHTS, PROFILES
from inference.vision.samples import frame_weights, nearest, prepare
from inference.vision.table import ObservationTable

DEFAULT = PROFILES["default"]
LABELS = tuple(EMOTION_WEIGHTS)


def table_of(track: Any, time_s: Any, *, seed: int = 0, **columns: Values) -> ObservationTable:
    n, rng = len(track), np.random.default_rng(seed)
    return ObservationTable(
        labels=LABELS,
        track=np.asarray(track, np.int64),
        time_s=np.asarray(time_s, np.float64),
        quality=columns.get("quality", np.full(n, 0.9)),
        probabilities=columns.get("probabilities", rng.dirichlet(np.ones(6), n)),
        yaw_deg=columns.get("yaw_deg", rng.normal(0, 20, n)),
        pitch_deg=columns.get("pitch_deg", rng.normal(0, 5, n)),
        eye_openness=columns.get("eye_openness", rng.normal(0.3, 0.05, n)),
    )


def lecture_of(n_people: int, duration_s: int, *, keep: float = 1.0, seed: int = 0) -> tuple[ObservationTable, Values]:
    """Return observations of people who are each seen in a share of the sampled frames."""
    rng = np.random.default_rng(seed)
    track, time_s = np.repeat(np.arange(n_people), duration_s), np.tile(np.arange(float(duration_s)), n_people)
    kept = rng.random(len(track)) < keep
    return table_of(track[kept], time_s[kept], seed=seed), np.arange(float(duration_s))


def windows(duration_s: float, length_s: float = 30.0) -> Values:
    starts = np.arange(0, duration_s, length_s)
    return np.stack([starts, starts + length_s], axis=1)


def slow_scores(table: ObservationTable, frames_s: Values, spans: Values) -> list[list[dict[str, float]]]:
    """Return, with loops, what `score_people` returns with arrays: the obvious reference."""
    samples = prepare(table, frames_s, profile=DEFAULT)
    answer = []
    for person in range(len(samples.people)):
        row = []
        for start_s, end_s in spans:
            mine = [
                i
                for i in range(len(samples.person))
                if samples.person[i] == person and start_s <= samples.time_s[i] < end_s
            ]
            frames = [t for t in frames_s if start_s <= t < end_s]
            row.append(slow_cell(samples, mine, start_s, n_frames=len(frames)))
        answer.append(row)
    return answer


def slow_cell(samples: object, mine: list[int], start_s: float, *, n_frames: int) -> dict[str, float]:
    index, weight_s, time_s = samples.index, samples.weight_s, samples.time_s  # type: ignore[attr-defined]
    coverage = len(mine) / n_frames
    nothing = {"concentration": np.nan, "low": np.nan, "high": np.nan, "coverage": coverage}
    observed_s = sum(weight_s[i] for i in mine)
    if observed_s < 9.5 or (coverage < 0.4 and observed_s < 300):
        return nothing
    value = sum(index[i] * weight_s[i] for i in mine) / observed_s
    blocks: dict[int, list[int]] = {}
    for i in mine:
        blocks.setdefault(int((time_s[i] - start_s) // 10), []).append(i)
    if len(blocks) < 2:
        return {**nothing, "concentration": value}
    counts, means = draws(len(blocks), DEFAULT.resamples), []
    for resample in counts.T:
        drawn = [i for number, block in zip(resample, sorted(blocks), strict=True) for i in blocks[block] * int(number)]
        means.append(sum(index[i] * weight_s[i] for i in drawn) / sum(weight_s[i] for i in drawn))
    ends = [value + (end - value) * expansion(len(blocks)) for end in np.quantile(means, [0.025, 0.975])]
    low, high = max(ends[0], 0.0), min(ends[1], 100.0)
    return {"concentration": value, "low": min(low, value), "high": max(high, value), "coverage": coverage}


@pytest.mark.parametrize("keep", [1.0, 0.6, 0.35])
def test_fast_scores_equal_the_slow_reference(keep: float) -> None:
    table, frames_s = lecture_of(3, 95, keep=keep, seed=4)
    spans = np.array([[0.0, 30.0], [30.0, 60.0], [60.0, 95.0]])
    fast = score_people(prepare(table, frames_s, profile=DEFAULT), spans, profile=DEFAULT)
    for person, row in enumerate(slow_scores(table, frames_s, spans)):
        for position, cell in enumerate(row):
            for name, value in cell.items():
                assert getattr(fast, name)[person, position] == pytest.approx(value, nan_ok=True), (
                    person,
                    position,
                    name,
                )


def test_scores_of_a_rerun_are_the_same_to_the_last_bit() -> None:
    table, frames_s = lecture_of(4, 120, keep=0.8)
    runs = [score_people(prepare(table, frames_s, profile=DEFAULT), windows(120), profile=DEFAULT) for _ in range(2)]
    np.testing.assert_array_equal(runs[0].low, runs[1].low)
    np.testing.assert_array_equal(runs[0].concentration, runs[1].concentration)


def test_order_of_observations_does_not_matter() -> None:
    table, frames_s = lecture_of(3, 60)
    order = np.random.default_rng(1).permutation(len(table.track))
    shuffled = ObservationTable(
        LABELS,
        *(
            getattr(table, name)[order]
            for name in ObservationTable.__slots__
            if name not in {"labels", "extras", "others", "eyes"}
        ),
    )
    first = score_people(prepare(table, frames_s, profile=DEFAULT), windows(60), profile=DEFAULT)
    second = score_people(prepare(shuffled, frames_s, profile=DEFAULT), windows(60), profile=DEFAULT)
    np.testing.assert_array_equal(first.concentration, second.concentration)


@given(st.integers(0, 30))
def test_coverage_under_40_percent_is_insufficient_never_zero(n_seen: int) -> None:
    table = table_of(np.zeros(n_seen), np.arange(float(n_seen)))
    samples = prepare(table, np.arange(30.0), profile=DEFAULT)
    scores = score_people(samples, windows(30), profile=DEFAULT)
    if n_seen == 0:
        assert scores.concentration.shape == (0, 1)
    else:
        assert scores.coverage[0, 0] == pytest.approx(n_seen / 30)
        assert np.isnan(scores.concentration[0, 0]) == (n_seen < 12)
        assert scores.n_people[0, 0] == (n_seen >= 12)


def test_under_ten_seconds_is_insufficient_even_when_fully_covered() -> None:
    samples = prepare(table_of(np.zeros(9), np.arange(9.0)), np.arange(9.0), profile=DEFAULT)
    assert np.isnan(score_people(samples, np.array([[0.0, 9.0]]), profile=DEFAULT).concentration).all()


def test_five_minutes_are_enough_for_a_long_span() -> None:
    table = table_of(np.zeros(300), np.arange(300.0))
    samples = prepare(table, np.arange(3600.0), profile=DEFAULT)
    scores = score_people(samples, np.array([[0.0, 3600.0]]), profile=DEFAULT)
    assert scores.coverage[0, 0] < 0.1
    assert np.isfinite(scores.concentration).all()


def test_a_face_without_any_measurement_is_not_an_observation() -> None:
    nothing = np.full(30, np.nan)
    table = table_of(
        np.zeros(30), np.arange(30.0), probabilities=np.full((30, 6), np.nan),
        yaw_deg=nothing, pitch_deg=nothing, eye_openness=nothing,
    )  # fmt: skip
    assert not len(prepare(table, np.arange(30.0), profile=DEFAULT).person)


def test_poor_faces_are_left_out() -> None:
    table = table_of(np.zeros(30), np.arange(30.0), quality=np.where(np.arange(30) < 15, 0.05, 0.9))
    scores = score_people(prepare(table, np.arange(30.0), profile=DEFAULT), windows(30), profile=DEFAULT)
    assert scores.n_observations[0, 0] == 15


def test_two_tracks_of_one_person_at_one_instant_count_once_and_the_better_face_counts() -> None:
    better, worse = np.eye(6)[LABELS.index("focused")], np.eye(6)[LABELS.index("distracted")]
    table = table_of(
        np.repeat([1, 2], 30),
        np.tile(np.arange(30.0), 2),
        quality=np.repeat([0.9, 0.5], 30),
        probabilities=np.repeat([better, worse], 30, axis=0),
    )
    samples = prepare(table, np.arange(30.0), profile=DEFAULT, person_of_track={1: 1, 2: 1})
    scores = score_people(samples, windows(30), profile=DEFAULT)
    assert scores.n_observations.tolist() == [[30]]
    assert scores.mix[0, 0, LABELS.index("focused")] == 1


def test_tracks_of_one_person_add_up_in_time() -> None:
    table = table_of(np.repeat([1, 2], 15), np.arange(30.0))
    apart = score_people(prepare(table, np.arange(30.0), profile=DEFAULT), windows(30), profile=DEFAULT)
    joined = score_people(
        prepare(table, np.arange(30.0), profile=DEFAULT, person_of_track={2: 1}), windows(30), profile=DEFAULT
    )
    assert apart.coverage.tolist() == [[0.5], [0.5]]
    assert joined.coverage.tolist() == [[1.0]]


def people_with(values: list[list[float]]) -> ScoreTable:
    array = np.array(values)
    known = np.isfinite(array)
    return ScoreTable(
        concentration=array, low=array, high=array, coverage=known.astype(float), n_observations=30 * known,
        n_people=known.astype(np.int64), mix=np.full((*array.shape, 6), 1 / 6),
        eyes_closed_share=array, head_turned_share=array,
    )  # fmt: skip


def test_class_is_the_mean_of_people_with_a_value() -> None:
    scores = score_class(people_with([[80.0], [40.0], [np.nan]]), profile=DEFAULT)
    assert scores.concentration[0, 0] == 60
    assert scores.n_people[0, 0] == 2
    assert scores.coverage[0, 0] == 1
    assert scores.low[0, 0] < 60 < scores.high[0, 0]


def test_class_without_people_has_no_value() -> None:
    scores = score_class(people_with([[np.nan], [np.nan]]), profile=DEFAULT)
    assert np.isnan(scores.concentration[0, 0])
    assert scores.n_people[0, 0] == 0


def test_class_of_one_has_no_interval() -> None:
    scores = score_class(people_with([[70.0]]), profile=DEFAULT)
    assert scores.concentration[0, 0] == 70
    assert np.isnan(scores.low[0, 0])


def test_empty_lecture_has_class_rows_without_values() -> None:
    samples = prepare(table_of(np.empty(0), np.empty(0)), np.arange(60.0), profile=DEFAULT)
    scores = score_class(score_people(samples, windows(60), profile=DEFAULT), profile=DEFAULT)
    assert np.isnan(scores.concentration).all()
    assert scores.coverage.tolist() == [[0.0, 0.0]]
    assert scores.n_people.tolist() == [[0, 0]]


@pytest.mark.parametrize("n_people", [3, 5, 20])
def test_interval_of_the_class_covers_the_truth_about_as_often_as_it_says(n_people: int) -> None:
    rng = np.random.default_rng(7)
    values = rng.normal(60, 10, (2000, n_people))
    low, high = interval(values, np.ones_like(values), resamples=400)
    covered = ((low <= 60) & (high >= 60)).mean()
    assert 0.92 <= covered <= 0.98


@given(st.integers(2, 12), st.integers(0, 5))
def test_interval_ignores_elements_without_weight(n: int, n_empty: int) -> None:
    values = np.random.default_rng(n).uniform(0, 100, (1, n))
    padded = np.concatenate([values, np.full((1, n_empty), 1e9)], axis=1)
    weights = np.concatenate([np.ones((1, n)), np.zeros((1, n_empty))], axis=1)
    assert interval(padded, weights, resamples=50) == interval(values, np.ones((1, n)), resamples=50)


def test_a_gap_in_the_recording_does_not_stretch_the_frame_before_it() -> None:
    assert frame_weights(np.array([0.0, 1.0, 2.0, 60.0, 61.0])).tolist() == [1, 1, 2, 1, 1]


@given(st.lists(st.floats(0, 100), max_size=20))
def test_rounded_times_find_their_frame(times_s: list[float]) -> None:
    frames_s = np.arange(0, 101.0)
    found = nearest(frames_s, np.array(times_s))
    assert all(abs(frames_s[index] - time_s) <= 0.5 for index, time_s in zip(found, times_s, strict=True))


def test_the_last_span_holds_what_follows_it() -> None:
    span, inside = span_of(np.array([0.0, 29.9, 30.0, 61.0]), windows(60))
    assert span.tolist() == [0, 0, 1, 1]
    assert inside.all()


def test_extra_estimates_are_averaged_like_the_mix_over_time_then_over_people() -> None:
    track, time_s = np.array([1] * 20 + [2] * 40), np.concatenate([np.arange(20.0), np.arange(40.0)])
    valence = np.where(track[:, None] == 1, [[1.0, 0.0, 0.0]], [[0.0, 0.5, 0.5]])
    table = replace(table_of(track, time_s), extras={"valence": valence})
    people = score_people(prepare(table, np.arange(40.0), profile=DEFAULT), windows(40, 40), profile=DEFAULT)
    np.testing.assert_allclose(people.extras["valence"][:, 0], np.array([[1, 0, 0], [0, 0.5, 0.5]]))
    # Twice as many frames of one person do not make them count twice.
    np.testing.assert_allclose(score_class(people, profile=DEFAULT).extras["valence"][0, 0], [0.5, 0.25, 0.25])


def test_extra_estimates_of_too_little_time_are_missing_not_zero() -> None:
    track, time_s = np.ones(5, np.int64), np.arange(5.0)
    table = replace(table_of(track, time_s), extras={"basic": np.full((5, 7), 1 / 7)})
    people = score_people(prepare(table, np.arange(30.0), profile=DEFAULT), windows(30), profile=DEFAULT)
    assert np.isnan(people.extras["basic"]).all()


def test_extra_estimates_change_no_other_score() -> None:
    table, frames_s = lecture_of(3, 120, keep=0.8)
    more = replace(table, extras={"valence": np.random.default_rng(0).dirichlet(np.ones(3), len(table.track))})
    plain, extra = (
        score_people(prepare(each, frames_s, profile=DEFAULT), windows(120), profile=DEFAULT) for each in (table, more)
    )
    for name in ("concentration", "low", "high", "coverage", "mix", "n_people", "eyes_closed_share"):
        np.testing.assert_array_equal(getattr(plain, name), getattr(extra, name))
