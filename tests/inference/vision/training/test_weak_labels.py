"""Table 1 of paper 002, cell by cell, on evidence made by hand."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.vision.training.weak_labels import (
    LABELS,
    MIN_STRENGTH,
    UNKNOWN,
    VOTES,
    Evidence,
    ramp,
    soft_labels,
    strengths,
)

RELAXED = {
    "yaw_deg": 0.0,
    "pitch_deg": 0.0,
    "mouth_openness": 0.02,
    "smile": 0.0,
    "brow_down": 0.0,
    "brow_up": 0.1,
    "eye_blink": 0.05,
    "eye_wide": 0.0,
    "look_side": 0.1,
    "look_down": 0.1,
    "level": UNKNOWN,
    "yawn": UNKNOWN,
    "bored": 0.0,
    "attentive": 0.0,
}


def face(*, votes: dict[str, float] | None = None, **changes: float) -> Evidence:
    values: dict[str, Any] = {name: np.array([value], np.float32) for name, value in (RELAXED | changes).items()}
    shares = [UNKNOWN] * len(VOTES) if votes is None else [votes.get(name, 0.0) for name in VOTES]
    return Evidence(**values, votes=np.array([shares], np.float32))


def label_of(evidence: Evidence) -> str:
    labels, strength = soft_labels(evidence)
    return LABELS[int(labels[0].argmax())] if strength[0] >= MIN_STRENGTH else "none"


@pytest.mark.parametrize(
    ("evidence", "label"),
    [
        (face(), "focused"),
        (face(yaw_deg=40), "distracted"),
        (face(yaw_deg=-40), "distracted"),
        (face(look_side=0.9), "distracted"),
        (face(look_down=0.9), "distracted"),
        (face(pitch_deg=-30), "distracted"),
        (face(mouth_openness=0.4, eye_wide=0.2), "curious"),
        (face(mouth_openness=0.4, brow_up=0.8), "curious"),
        (face(brow_down=0.4), "confused"),
        (face(eye_blink=0.8), "tired"),
        (face(mouth_openness=0.9, eye_blink=0.6), "tired"),
        (face(smile=0.8), "happy"),
        (face(smile=0.8, mouth_openness=0.3), "happy"),
    ],
)
def test_each_row_of_table_1_gets_its_label(evidence: Evidence, label: str) -> None:
    assert label_of(evidence) == label


@pytest.mark.parametrize("emotion", ["anger", "fear", "disgust"])
def test_a_shouting_or_frightened_face_fits_no_row(emotion: str) -> None:
    assert label_of(face(mouth_openness=0.6, votes={emotion: 1.0})) == "none"


def test_strong_anger_with_frowning_brows_is_not_called_confused() -> None:
    assert label_of(face(brow_down=0.4, votes={"anger": 1.0})) == "none"


def test_voters_decide_about_smiles_where_they_voted() -> None:
    assert label_of(face(smile=0.8, votes={"neutral": 1.0})) != "happy"
    assert label_of(face(smile=0.1, votes={"happiness": 1.0})) == "happy"


def test_a_labelled_yawn_is_tired_and_never_curious() -> None:
    assert label_of(face(mouth_openness=0.8, brow_up=0.8, yawn=1)) == "tired"


def test_an_open_mouth_that_was_labelled_no_yawn_is_not_tired() -> None:
    assert label_of(face(mouth_openness=0.9, eye_blink=0.5, yawn=0)) != "tired"


def test_the_lowest_engagement_level_is_never_focused() -> None:
    assert label_of(face(level=3)) == "focused"
    assert label_of(face(level=1)) == "distracted"


def test_bored_with_narrow_eyes_leans_to_tired() -> None:
    assert label_of(face(bored=1, eye_blink=0.5)) == "tired"


@given(st.floats(-100, 100), st.floats(-10, 10), st.floats(0.1, 10))
def test_ramp_is_the_obvious_line(value: float, low: float, width: float) -> None:
    slow = 0.0 if value <= low else 1.0 if value >= low + width else (value - low) / width
    assert float(ramp(np.array([value]), low, low + width)[0]) == pytest.approx(slow, abs=1e-5)


shares = st.floats(0, 1, width=32)


@settings(max_examples=100, deadline=None)
@given(st.fixed_dictionaries({item.name: shares for item in fields(Evidence) if item.name != "votes"}))
def test_strengths_stay_in_range_and_soft_labels_sum_to_one_or_nothing(values: dict[str, float]) -> None:
    evidence = face(votes=None, **values)
    labels, best = soft_labels(evidence)
    assert 0 <= strengths(evidence).min() <= strengths(evidence).max() <= 1
    assert labels.sum() == pytest.approx(1, abs=1e-3) or best[0] < 1e-2


@settings(max_examples=50, deadline=None)
@given(st.floats(0, 90, width=32))
def test_left_and_right_are_treated_alike(yaw_deg: float) -> None:
    assert np.allclose(strengths(face(yaw_deg=yaw_deg)), strengths(face(yaw_deg=-yaw_deg)))


@settings(max_examples=50, deadline=None)
@given(st.floats(0, 60, width=32), st.floats(0, 30, width=32))
def test_turning_further_away_never_makes_a_face_more_focused(yaw_deg: float, more_deg: float) -> None:
    assert strengths(face(yaw_deg=yaw_deg + more_deg))[0, 0] <= strengths(face(yaw_deg=yaw_deg))[0, 0]
