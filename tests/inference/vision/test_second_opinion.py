"""Windows of a track's faces, read by the CNN-LSTM or by one that says which faces it saw."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from inference.vision.agreement import GO_WITH, agreement
from inference.vision.families.cnn_lstm.decode import WINDOW
from inference.vision.profiles import EMOTION_WEIGHTS
from inference.vision.runtime import Batch
from inference.vision.stages import second_opinion as module
from inference.vision.stages.second_opinion import SecondOpinion, load_second_opinion
from inference.vision.types import FloatArray, ImageArray
from inference.vision.weights import WeightCard, card_path, load_card

LABELS = tuple(EMOTION_WEIGHTS)
BASIC = ("angry", "disgust", "fear", "happy", "sad", "surprise", "neutral")


@pytest.fixture
def opinion(monkeypatch: pytest.MonkeyPatch) -> SecondOpinion:
    """A reader whose network answers each window with the levels of its first and last face."""

    def read(_network: object, windows: ImageArray, _card: WeightCard) -> FloatArray:
        assert windows.shape[:2] == (1, WINDOW)
        return np.array([[windows[0, 0, 0, 0], windows[0, -1, 0, 0]]], np.float32)

    monkeypatch.setattr(module, "read_windows", read)
    return SecondOpinion(unused, load_card(card_path("cnn_lstm")))


def unused(_batch: Batch) -> tuple[FloatArray, ...]:
    raise AssertionError("the network is asked by read_windows alone")


def shown(level: int) -> ImageArray:
    return np.full((96, 96), level, np.uint8)


def read_by(opinion: SecondOpinion, times_s: list[float], track_number: int = 1) -> dict[float, list[float]]:
    for level, time_s in enumerate(times_s):
        opinion.push(track_number, time_s, shown(level))
    found = opinion.finish()
    assert {number for number, _ in found} <= {track_number}
    return {time_s: values.tolist() for (_, time_s), values in found.items()}


def test_sixteen_faces_are_one_window(opinion: SecondOpinion) -> None:
    found = read_by(opinion, [float(second) for second in range(16)])
    assert found == {float(second): [0, 15] for second in range(16)}


def test_the_last_window_reaches_back_so_that_no_sample_is_left(opinion: SecondOpinion) -> None:
    found = read_by(opinion, [float(second) for second in range(20)])
    assert len(found) == 20
    assert (found[15.0], found[16.0], found[19.0]) == ([0, 15], [4, 19], [4, 19])


def test_a_face_that_is_seen_too_briefly_has_no_opinion(opinion: SecondOpinion) -> None:
    assert read_by(opinion, [float(second) for second in range(15)]) == {}


def test_no_window_spans_a_gap(opinion: SecondOpinion) -> None:
    found = read_by(opinion, [*map(float, range(17)), *map(float, range(30, 50))])
    assert found[16.0] == [1, 16]
    assert found[30.0] == [17, 32]
    assert len(found) == 37


def test_tracks_are_read_apart(opinion: SecondOpinion) -> None:
    for second in range(16):
        opinion.push(1, float(second), shown(second))
        opinion.push(2, float(second), shown(100 + second))
    found = opinion.finish()
    assert (found[1, 3.0].tolist(), found[2, 3.0].tolist()) == ([0, 15], [100, 115])


def test_a_part_begins_without_the_faces_of_the_one_before(opinion: SecondOpinion) -> None:
    first = read_by(opinion, [float(second) for second in range(15)])
    second = read_by(opinion, [float(second) for second in range(15, 31)])
    assert (first, second[15.0]) == ({}, [0, 15])


def test_at_most_a_window_of_faces_is_held(opinion: SecondOpinion) -> None:
    for second in range(100):
        opinion.push(1, float(second), shown(second))
        assert len(opinion._stretches[1].faces) <= WINDOW


@pytest.mark.weights
def test_the_shipped_network_reads_windows() -> None:
    opinion = load_second_opinion("cpu")
    for second in range(18):
        opinion.push(1, float(second), np.random.default_rng(second).integers(0, 255, (96, 96)).astype(np.uint8))
    found = opinion.finish()
    assert len(found) == 18
    assert all(values.shape == (7,) and float(values.sum()) == pytest.approx(1, abs=1e-3) for values in found.values())
    assert opinion.card.labels == BASIC


def of(labels: tuple[str, ...], *names: str) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
    return np.eye(len(labels))[[labels.index(name) for name in names]]


def test_opinions_agree_where_the_words_go_together() -> None:
    learning, basic = of(LABELS, "happy", "happy", "focused", "curious"), of(BASIC, "happy", "sad", "neutral", "fear")
    np.testing.assert_array_equal(agreement(learning, LABELS, basic, BASIC), [1, 0, 1, 1])


def test_of_what_heads_and_eyes_tell_the_second_opinion_says_nothing() -> None:
    learning, basic = of(LABELS, "distracted", "tired"), of(BASIC, "neutral", "sad")
    assert np.isnan(agreement(learning, LABELS, basic, BASIC)).all()


def test_without_an_estimate_there_is_no_agreement() -> None:
    learning, basic = of(LABELS, "happy", "happy"), of(BASIC, "happy", "happy")
    learning[0], basic[1] = np.nan, np.nan
    assert np.isnan(agreement(learning, LABELS, basic, BASIC)).all()


def test_labels_are_matched_by_name() -> None:
    other, others = LABELS[::-1], BASIC[::-1]
    assert agreement(of(other, "happy"), other, of(others, "happy"), others).tolist() == [1]


def test_every_word_of_the_table_is_one_of_the_networks() -> None:
    assert set(GO_WITH) < set(LABELS)
    assert set.union(*map(set, GO_WITH.values())) <= set(BASIC)
    assert all(set(some) - set(other) for some, other in pairwise(GO_WITH.values()))
