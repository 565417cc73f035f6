"""What a changed weight does to values whose answer is known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from benchmarks.sensitivity import DURATION_S, Move, move_of, variants, worst
from inference.evidence import Evidence
from inference.vision.profiles import DEFAULT, DEFAULT_1, HEAD_ONLY, NO_EMOTION, SHARMA
from tests.inference.parts import CARD_LABELS, face, parts


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    """Two people: one focused and straight ahead, one focused whose head turns to and fro by 40 degrees."""
    found = Evidence(CARD_LABELS)
    turning = {1: 0.0, 2: 40.0}
    for part in parts(
        n_parts=DURATION_S // 60,
        make=lambda track, time_s: face(track, time_s, yaw_deg=turning[track] * (-1) ** int(time_s)),
    ):
        found.add(part)
    return found


def test_every_weight_is_changed_alone_both_ways() -> None:
    assert len(list(variants(DEFAULT))) == 2 * (4 + 5)
    assert len(list(variants(NO_EMOTION))) == 2 * 3
    assert len(list(variants(SHARMA))) == 2 * (6 + 4)
    assert len(list(variants(HEAD_ONLY))) == 2
    changed = dict(variants(DEFAULT))["head_weight x1.2"]
    assert changed == replace(DEFAULT, head_weight=1.2 * 0.2)


def test_no_changed_profile_leaves_0_to_100() -> None:
    for profile in (DEFAULT, SHARMA):
        for _name, changed in variants(profile):
            assert max(changed.emotion_weights.values()) <= max(profile.emotion_weights.values())
            assert max(map(max, changed.gaze_weights.values())) <= 5


def test_an_unchanged_profile_moves_nothing(evidence: Evidence) -> None:
    move = move_of(evidence, DEFAULT, "none", DEFAULT)
    assert (move.mean_points, move.most_points, move.bands_changed) == (0, 0, 0)


def test_a_move_is_that_of_the_formula(evidence: Evidence) -> None:
    """Person 2 has A = 1, H = 5 / 30 and O = 1; in the first segment the eyes are not measured yet."""
    move = move_of(evidence, DEFAULT_1, "head", replace(DEFAULT_1, head_weight=0.36))
    before, after = ((0.7 + w / 6) / (0.7 + w) for w in (0.30, 0.36))
    first = [(0.5 + w / 6) / (0.5 + w) for w in (0.30, 0.36)]
    assert 100 * (before - after) <= move.most_points <= 100 * (first[0] - first[1])
    assert move.mean_points == pytest.approx(50 * (before - after), rel=0.1)


def test_the_weight_that_matters_most_is_named() -> None:
    moves = [Move("head", 1.0, 2.0, 0.9, 0.0), Move("eyes", 0.5, 3.0, 0.8, 0.1)]
    assert list(worst(moves)) == [
        ("mean_points", 1.0, "points", "head"), ("most_points", 3.0, "points", "eyes"),
        ("bands_changed", 0.1, "share", "eyes"), ("order_tau", 0.8, "", "eyes"),
    ]  # fmt: skip
