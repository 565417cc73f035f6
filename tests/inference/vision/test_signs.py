"""What is told of a person beside the index: why a face was not read, the head's directions, fatigue."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from inference.vision.aggregate import ScoreTable, score_class, score_people
from inference.vision.profiles import DEFAULT
from inference.vision.samples import prepare
from inference.vision.signs import SIGNS, UNREAD_SIGNS
from inference.vision.table import EyeTable, ObservationTable
from inference.vision.types import REJECTIONS

LABELS = ("focused", "distracted", "curious", "confused", "tired", "happy")
DURATION_S = 60
SPANS = np.array([[0.0, 30.0], [30.0, 60.0]])


def table_of(tracks: int = 1, *, eyes: EyeTable | None = None, **columns: npt.ArrayLike) -> ObservationTable:
    """Return a minute of faces that look straight, once a second; ``columns`` (60,) replace those of each track."""
    n = tracks * DURATION_S
    values = {
        name: np.tile(np.broadcast_to(value, DURATION_S), tracks).astype(float) for name, value in columns.items()
    }
    filled = {"yaw_deg": np.zeros(n), "pitch_deg": np.zeros(n), "eye_openness": np.full(n, 0.3)}
    filled |= {name: values.pop(name) for name in list(filled) if name in values}
    others = {"face_px": np.full(n, 80.0), "mouth_openness": np.full(n, 0.1), "rejection_code": np.zeros(n)} | values
    return ObservationTable(
        LABELS,
        np.repeat(np.arange(1, tracks + 1), DURATION_S),
        np.tile(np.arange(float(DURATION_S)), tracks),
        np.full(n, 0.9),
        np.tile(np.eye(6)[0], (n, 1)),
        filled["yaw_deg"],
        filled["pitch_deg"],
        filled["eye_openness"],
        others=others,
        eyes=eyes or EyeTable(),
    )


def scores_of(table: ObservationTable) -> ScoreTable:
    samples = prepare(table, np.arange(float(DURATION_S)), profile=DEFAULT)
    return score_people(samples, SPANS, profile=DEFAULT)


@pytest.mark.parametrize("reason", REJECTIONS[1:])
def test_a_face_that_is_not_read_counts_with_its_reason(reason: str) -> None:
    rejection = np.where(np.arange(DURATION_S) < 15, REJECTIONS.index(reason), 0)
    scores = scores_of(table_of(rejection_code=rejection))
    assert scores.signs[f"{reason}_share"][0].tolist() == [0.5, 0.0]
    others = [name for name in UNREAD_SIGNS if name != f"{reason}_share"]
    assert not any(scores.signs[name].any() for name in others)
    # A face that is turned aside is still scored by where it looks.
    assert scores.coverage[0].tolist() == [1.0 if reason == "turned" else 0.5, 1.0]


def test_someone_who_is_never_read_is_there_without_a_value() -> None:
    scores = scores_of(table_of(rejection_code=REJECTIONS.index("small")))
    assert np.isnan(scores.concentration).all()
    assert scores.n_people.tolist() == [[0, 0]]
    assert scores.signs["small_share"].tolist() == [[1.0, 1.0]]


def test_a_frame_in_which_another_track_of_the_person_was_read_is_not_unread() -> None:
    table = table_of(2, rejection_code=0)
    table.column("rejection_code")[:DURATION_S] = REJECTIONS.index("blurred")
    samples = prepare(table, np.arange(float(DURATION_S)), profile=DEFAULT, person_of_track={2: 1})
    scores = score_people(samples, SPANS, profile=DEFAULT)
    assert scores.signs["blurred_share"].tolist() == [[0.0, 0.0]]
    assert scores.coverage.tolist() == [[1.0, 1.0]]


def test_the_unread_lower_the_coverage_of_the_class() -> None:
    table = table_of(2, rejection_code=0)
    table.column("rejection_code")[:DURATION_S] = REJECTIONS.index("covered")
    whole = score_class(scores_of(table), profile=DEFAULT)
    assert whole.coverage.tolist() == [[0.5, 0.5]]
    assert whole.signs["covered_share"].tolist() == [[0.5, 0.5]]


def test_a_sign_of_the_class_rests_on_enough_people() -> None:
    people = scores_of(table_of(4))
    assert np.isnan(score_class(people, profile=DEFAULT, least_people=5).signs["perclos"]).all()
    assert np.isfinite(score_class(people, profile=DEFAULT, least_people=4).signs["perclos"]).all()


def test_a_still_picture_neither_looks_nor_tires() -> None:
    signs = scores_of(table_of(rejection_code=REJECTIONS.index("photo"))).signs
    assert np.isnan(signs["look_left_share"]).all()
    assert np.isnan(signs["fatigue"]).all()


def test_where_the_head_points_is_told_as_the_viewer_sees_it() -> None:
    # Straight for the first half, so that this is the neutral pose, then to the picture's right.
    yaw = np.where(np.arange(DURATION_S) < 40, 0.0, 40.0)
    signs = scores_of(table_of(yaw_deg=yaw)).signs
    assert signs["look_right_share"][0] == pytest.approx([0.0, 2 / 3], abs=0.02)
    assert signs["look_left_share"][0].tolist() == [0.0, 0.0]
    assert signs["n_turns"][0].tolist() == [0.0, 1.0]


def test_blinks_need_the_faster_sampling() -> None:
    assert np.isnan(scores_of(table_of()).signs["blinks_per_min"]).all()
    times_s = np.arange(0, DURATION_S, 1 / 15)
    # One blink of a fifth of a second every four seconds.
    closed = np.repeat(((times_s % 4) < 0.2).astype(float)[:, None], 2, axis=1)
    eyes = EyeTable(np.ones(len(times_s), np.int64), times_s, closed)
    assert scores_of(table_of(eyes=eyes)).signs["blinks_per_min"][0] == pytest.approx([15.0, 15.0], abs=2.1)


def test_a_run_of_before_has_no_signs_that_it_did_not_store() -> None:
    table = table_of()
    old = ObservationTable(*(getattr(table, name) for name in ObservationTable.__slots__[:8]))
    signs = scores_of(old).signs
    assert set(signs) == set(SIGNS)
    assert np.isnan(signs["fatigue"]).all()
    assert not signs["small_share"].any()
