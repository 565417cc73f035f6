"""Figures over people and the scores of stills, on faces whose answer is known."""

from __future__ import annotations

import math
from dataclasses import fields, replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from benchmarks import stills as reading
from benchmarks.people import auc, auc_a_person, auc_of_all, auc_with_unknown, share
from benchmarks.still_scores import closed_eyes, scores_of
from benchmarks.stills import Stills, read_stills, version_of
from benchmarks.validity import engagement, yawns
from inference.vision.concentration import Values
from inference.vision.pipeline import Pipeline
from inference.vision.profiles import EMOTION_WEIGHTS
from inference.vision.training.datasets import Source
from inference.vision.types import REJECTIONS

LABELS = tuple(EMOTION_WEIGHTS)
FOCUSED, DISTRACTED = np.eye(6)[LABELS.index("focused")], np.eye(6)[LABELS.index("distracted")]


def stills_of(count: int) -> Stills:
    """Return clear faces that look straight ahead with open eyes, focused."""
    columns = {field.name: np.zeros(count) for field in fields(Stills)}
    for name in ("eye_openness", "eye_left_openness", "eye_right_openness"):
        columns[name] += 0.3
    columns |= {"detected": np.ones(count), "quality": np.ones(count), "probabilities": np.tile(FOCUSED, (count, 1))}
    return Stills(**columns)


def with_rows(values: Values, rows: slice, value: float) -> Values:
    changed = values.copy()
    changed[rows] = value
    return changed


@pytest.mark.parametrize("seed", range(5))
def test_auc_is_the_share_of_pairs_in_order(seed: int) -> None:
    rng = np.random.default_rng(seed)
    values, positive = rng.integers(0, 5, 30).astype(float), rng.random(30) < 0.4
    pairs = [(a > b) + (a == b) / 2 for a in values[positive] for b in values[~positive]]
    assert auc(values, positive) == pytest.approx(np.mean(pairs))


def test_auc_without_a_pair_is_unknown() -> None:
    assert math.isnan(auc(np.arange(3.0), np.ones(3, np.bool_)))


def test_each_person_counts_once_whatever_their_faces() -> None:
    """One person in order with 40 faces, one in reverse with 6, one with too few faces to count."""
    values = np.concatenate([np.arange(40.0), -np.arange(6.0), [1.0, 2.0]])
    positive = np.concatenate([np.arange(40) >= 20, np.arange(6) >= 3, [False, True]])
    people = np.repeat(["a", "b", "c"], [40, 6, 2])
    figure = auc_a_person(values, positive, people)
    assert (figure.value, figure.people, figure.faces) == (0.5, 2, 46)
    assert (figure.low, figure.high) == (0, 1)


def test_faces_without_a_value_are_left_out() -> None:
    values = np.array([0.0, 1, 2, np.nan, 3, 4, 5, np.nan])
    figure = auc_a_person(values, np.arange(8) >= 4, np.repeat("a", 8))
    assert (figure.value, figure.faces) == (1, 6)
    assert "low" not in figure.more


def test_without_people_there_is_no_figure() -> None:
    figure = auc_a_person(np.full(4, np.nan), np.arange(4) < 2, np.repeat("a", 4))
    assert (figure.people, math.isnan(figure.value)) == (0, True)


def test_intervals_hold_the_value() -> None:
    rng = np.random.default_rng(0)
    values, positive, people = rng.random(200), rng.random(200) < 0.5, rng.integers(0, 10, 200).astype(str)
    for figure in (
        auc_of_all(values, positive, people),
        share(positive, people),
        auc_a_person(values, positive, people),
    ):
        assert figure.low < figure.value < figure.high
        assert figure.people == 10


def test_a_perfect_face_has_the_whole_index_by_every_profile() -> None:
    scores = scores_of(stills_of(12), np.repeat("a", 12), LABELS)
    for name in ("default", "no-emotion", "sharma", "head-only"):
        np.testing.assert_allclose(scores[name], 100)


def test_each_person_is_their_own_baseline() -> None:
    stills = replace(stills_of(24), yaw_deg=np.repeat([0.0, 40.0], 12), eye_openness=np.repeat([0.4, 0.2], 12))
    scores = scores_of(stills, np.repeat(["a", "b"], 12), LABELS)
    np.testing.assert_allclose(scores["no-emotion"], 100)
    assert not closed_eyes(stills, np.repeat(["a", "b"], 12)).any()


def test_a_turned_head_shut_eyes_and_another_expression_lower_what_they_should() -> None:
    stills, people = stills_of(36), np.repeat("a", 36)
    yaw_deg, openness = with_rows(stills.yaw_deg, slice(0, 3), 60), with_rows(stills.eye_openness, slice(3, 6), 0.02)
    mix = stills.probabilities.copy()
    mix[6:9] = DISTRACTED
    # A head that is turned by 60 degrees shows its eyes half as wide.
    each = openness * np.where(yaw_deg > 0, 2, 1)
    seen = {"eye_left_openness": each, "eye_right_openness": each}
    changed = replace(stills, yaw_deg=yaw_deg, eye_openness=openness, probabilities=mix, **seen)
    scores = scores_of(changed, people, LABELS)
    np.testing.assert_allclose(scores["default"][[0, 3, 6, 9]], [80, 50, 70, 100])
    np.testing.assert_allclose(scores["no-emotion"][[0, 3, 6, 9]], [60, 40, 100, 100])
    np.testing.assert_allclose(scores["default_1"][[0, 3, 6, 9]], [70, 80, 50, 100])
    np.testing.assert_allclose(scores["no-emotion_1"][[0, 3, 6, 9]], [40, 60, 100, 100])
    np.testing.assert_allclose(scores["sharma"][[0, 3, 6, 9]], [80, 0, 100 * 0.2 / 0.9, 100])
    np.testing.assert_allclose(scores["head-only"][[0, 3, 6, 9]], [0, 100, 100, 100])
    ranks = scores["head_and_eyes_ranks"]
    assert ranks[0] < ranks[9] > ranks[3]


def test_a_poor_face_has_no_value_and_shapes_no_baseline() -> None:
    stills = stills_of(20)
    poor = replace(
        stills,
        rejection_code=with_rows(stills.rejection_code, slice(0, 15), REJECTIONS.index("blurred")),
        yaw_deg=with_rows(stills.yaw_deg, slice(0, 15), 80),
    )
    scores = scores_of(poor, np.repeat("a", 20), LABELS)
    assert all(np.isnan(values[:15]).all() for values in scores.values())
    np.testing.assert_allclose(scores["default"][15:], 100)


def test_engagement_counts_who_was_not_visible_and_holds_trained_people_apart() -> None:
    people = np.repeat(["7", "1"], 18)
    level = np.tile(np.repeat([1, 2, 3], 6), 2).astype(np.uint8)
    stills = replace(stills_of(36), yaw_deg=np.where(level == 1, 60.0, 0.0))
    stills.rejection_code[0] = REJECTIONS.index("covered")
    stills.detected[1] = np.nan
    source = Source("wacv", [np.zeros((1, 1), np.uint8)] * 36, people, people, {"level": level})
    figures = dict(engagement(source, stills, LABELS))
    assert figures["wacv.not_visible.level_1"].value == pytest.approx(1 / 12)
    assert figures["wacv.not_visible.level_3"].value == 0
    assert figures["wacv.not_found.level_1"].value == pytest.approx(1 / 12)
    assert (figures["wacv.head-only.auc"].value, figures["wacv.head-only.auc"].people) == (1, 2)
    assert figures["wacv_held_out.head-only.auc"].people == figures["wacv_chosen_on.head-only.auc"].people == 1
    assert figures["wacv.head-only.auc"].more["each"] == {"1": 1.0, "7": 1.0}


def test_a_pair_with_an_unknown_face_is_won_by_chance() -> None:
    """Four of six engaged faces and all disengaged ones have a value, in perfect order: 2 of 3 pairs are known."""
    values = np.array([0.0, 1, 2, 3, 4, 5, 6, np.nan, np.nan])
    figure = auc_with_unknown(values, np.arange(9) >= 3, np.repeat("a", 9))
    assert figure.value == pytest.approx(2 / 3 + 1 / 6)


def test_yawns_are_told_from_faces_of_the_set_and_from_strangers() -> None:
    """Of 40 faces 20 yawn, called tired; of the others every fourth is, of the strangers none; one yawn is not seen."""
    mix, is_yawn = np.tile(FOCUSED, (40, 1)), np.arange(40) < 20
    mix[is_yawn] = mix[20::4] = np.eye(6)[LABELS.index("tired")]
    mix[0] = np.nan
    scenes = replace(stills_of(40), probabilities=mix, mouth_openness=is_yawn.astype(float))
    found = dict(yawns(scenes, is_yawn, np.arange(40) < 5, stills_of(12), tired=LABELS.index("tired")))
    assert {name: (figure.value, figure.faces) for name, figure in found.items() if "auc" not in name} == {
        "yawn.others_called_tired": (0.25, 20), "yawn.strangers_called_tired": (0, 12),
        "yawn.not_visible": (0.05, 20), "yawn.called_tired": (1, 19),
        "yawn_test.not_visible": (0.2, 5), "yawn_test.called_tired": (1, 4),
    }  # fmt: skip
    assert found["yawn.tired_against_others.auc"].value == pytest.approx(1 - 0.25 / 2)
    assert found["yawn.tired_against_strangers.auc"].value == found["yawn.mouth_against_others.auc"].value == 1


def test_a_changed_stage_or_weight_is_another_reading(tmp_path: Path) -> None:
    (tmp_path / "pose.py").write_text("a = 1")
    first = version_of("0", tmp_path)
    assert version_of("0", tmp_path) == first != version_of("1", tmp_path)
    (tmp_path / "pose.py").write_text("a = 2")
    assert version_of("0", tmp_path) != first


@pytest.mark.weights
def test_pictures_are_read_once_and_a_picture_without_a_face_has_no_values(
    clips: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "CACHE", tmp_path)
    image = cv2.imread(str(clips / "single_face.jpg"), cv2.IMREAD_GRAYSCALE)
    pictures = [np.asarray(image, np.uint8), np.zeros((100, 100), np.uint8)]
    pipeline = Pipeline(device="cpu")
    stills = read_stills("try", pictures, pipeline=pipeline)
    assert np.isfinite(stills.detected).tolist() == [True, False]
    assert stills.probabilities[0].sum() == pytest.approx(1, abs=0.01)
    assert np.isnan(stills.probabilities[1]).all()
    monkeypatch.setattr(pipeline, "detect", lambda _image: pytest.fail("the picture was read again"))
    np.testing.assert_array_equal(read_stills("try", pictures, pipeline=pipeline).yaw_deg, stills.yaw_deg)
