"""What is said of composed minutes and of poor light, where the answer is known."""

from __future__ import annotations

import numpy as np
import pytest

from benchmarks.acted import KINDS, LONGEST_S, SHORTEST_S, STATES, Acted, Kind, Shown, acted
from benchmarks.light import in_light, macro_f1
from benchmarks.temporal import chance, changes, delays_s, flicker, mixed, named_by, sequences, span_error
from inference.vision.families.cnn_lstm.decode import WINDOW

LABELS = ("focused", "distracted", "curious", "confused", "tired", "happy")
SEEN = np.array(["focused", "happy", "curious"] * 4)


def shown_perfectly() -> Shown:
    """Twelve faces of which each crop is named rightly."""
    mixes = np.eye(6)[[LABELS.index(label) for label in SEEN]]
    return Shown([np.zeros((8, 4, 4), np.uint8)] * len(SEEN), SEEN, np.repeat(mixes[:, None], 8, axis=1))


def played(*held: tuple[str, int]) -> Acted:
    truth = np.repeat([label for label, _ in held], [seconds for _, seconds in held])
    mixes = np.eye(6)[[LABELS.index(label) for label in truth]]
    return Acted(np.arange(len(truth), dtype=np.float64), mixes, truth)


@pytest.mark.parametrize("kind", KINDS)
def test_a_composed_minute_changes_its_expression_at_known_times(kind: Kind) -> None:
    for each in acted(shown_perfectly(), kind):
        held_s = np.diff([0, *each.changes_s, len(each.times_s)])
        assert len(each.changes_s) == STATES - 1
        assert ((held_s >= SHORTEST_S) & (held_s <= LONGEST_S)).all()
        np.testing.assert_array_equal(np.array(LABELS)[each.probabilities.argmax(axis=1)], each.truth)


def test_what_is_estimated_rightly_is_right_in_every_way() -> None:
    figures = {key: value for key, value, _unit in sequences(shown_perfectly(), LABELS)}
    for kind in KINDS:
        assert figures[f"{kind}.raw.accuracy"] == 1
        assert figures[f"{kind}.state.accuracy"] > 0.95
        assert figures[f"{kind}.state.found_changes"] == 1
        assert figures[f"{kind}.raw.span_error"] == pytest.approx(0)


def test_a_change_is_timed_by_the_state_that_follows_it() -> None:
    assert np.abs(delays_s(played(("focused", 30), ("happy", 30)), LABELS)).max() <= 1.5


def test_a_change_that_no_state_follows_is_not_found() -> None:
    wrong = played(("focused", 60))
    truth = np.repeat(["focused", "happy"], 30)
    assert np.isnan(delays_s(Acted(wrong.times_s, wrong.probabilities, truth), LABELS)).all()


def test_smoothing_carries_a_span_over_its_edges() -> None:
    each = played(("focused", 30), ("distracted", 30))
    assert span_error(each, LABELS, is_smoothed=False).max() == pytest.approx(0)
    assert span_error(each, LABELS, is_smoothed=True).max() > 0.01


def test_a_face_that_keeps_its_expression_does_not_flicker() -> None:
    each = played(("happy", 60))
    assert all(value == 0 for _key, value, _unit in flicker(each.times_s, each.probabilities, LABELS))
    assert changes(named_by(each.times_s, each.probabilities, LABELS, "state")) == 0


def test_windows_are_mixed_of_one_label() -> None:
    faces = [np.full((WINDOW, 2, 2), number, np.uint8) for number in range(len(SEEN))]
    for label, window in zip(SEEN, mixed(faces, SEEN), strict=True):
        assert (SEEN[window[:, 0, 0]] == label).all()


def test_chance_is_how_often_words_go_together_that_were_drawn_apart() -> None:
    assert chance(np.array(["happy", "focused"]), np.array(["happy", "sad"])) == pytest.approx(0.25)


def test_less_light_darkens_and_a_veil_lightens() -> None:
    image = np.full((32, 32, 3), 180, np.uint8)
    ordinary, dark, backlit = (
        in_light(image, np.random.default_rng(0), share=share, veil=veil).mean()
        for share, veil in ((1.0, 0.0), (0.03, 0.0), (0.03, 0.2))
    )
    assert ordinary == 180
    assert dark == pytest.approx(180 * 0.03 ** (1 / 2.2), abs=4)
    assert backlit == pytest.approx(0.8 * dark + 51, abs=4)


def test_macro_f1_counts_every_class_alike() -> None:
    truth = np.array(["a", "a", "a", "b"])
    assert macro_f1(truth, truth) == 1
    assert macro_f1(np.array(["a", "a", "a", "a"]), truth) == pytest.approx((6 / 7) / 2)
    assert macro_f1(np.array(["a", "", "a", "b"]), truth) == pytest.approx((4 / 5 + 1) / 2)
