"""Tracks: never two people in one, never one person in two at once, and who returns is known again."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import pytest

from inference.vision.sights import pack, unpack_looks
from inference.vision.stages.links import assigned, margins
from inference.vision.stages.looks import FACE, MIDDLE, correlations, levels_of, looks_of
from inference.vision.stages.track import REJOIN_S, Tracker
from inference.vision.types import Detection, FloatArray, ImageArray

TILE = 160
COLUMNS = 4


def portrait(person: int) -> ImageArray:
    """Return one person's tile: a backdrop, a body and a head in colours and shapes of their own."""
    rng = np.random.default_rng(person)
    coarse = rng.integers(0, 256, (5, 5, 3))
    tile = np.kron(coarse, np.ones((TILE // 5, TILE // 5, 1))).astype(np.uint8)
    tile[50:110, 55:105] = rng.integers(60, 200, 3)
    tile[66:74, 60:100] += 50
    return tile


def gallery(
    people: Sequence[int | None], *, noise: int = 0, most_px: int = 3
) -> tuple[ImageArray, list[Detection], list[int]]:
    """Return a frame, its detections, up to ``most_px`` beside the faces, and who they are; None: the camera is off."""
    rows = -(-len(people) // COLUMNS)
    frame = np.full((rows * TILE, COLUMNS * TILE, 3), 30, np.uint8)
    jitter = np.random.default_rng(noise)
    detections, who = [], []
    for place, person in enumerate(people):
        if person is None:
            continue
        top, left = place // COLUMNS * TILE, place % COLUMNS * TILE
        frame[top : top + TILE, left : left + TILE] = portrait(person)
        x, y = left + 55 + jitter.integers(-most_px, most_px + 1), top + 50 + jitter.integers(-most_px, most_px + 1)
        box = np.array([x, y, x + 50, y + 60], np.float32)
        detections.append(Detection(box, np.zeros((5, 2), np.float32), 0.9))
        who.append(person)
    return frame, detections, who


def follow(scenes: Sequence[tuple[float, Sequence[int | None]]]) -> dict[int, set[int]]:
    """Return who was seen under each track number."""
    tracker, seen = Tracker(), defaultdict(set)
    for time_s, people in scenes:
        frame, detections, who = gallery(people, noise=int(time_s * 10))
        faces = tracker.update(frame, time_s, detections)
        numbers = [face.track_number for face in faces]
        assert len(set(numbers)) == len(numbers), "one person in two tracks, or two in one, in one frame"
        for number, person in zip(numbers, who, strict=True):
            seen[number].add(person)
    return dict(seen)


def test_a_still_gallery_has_one_track_a_person() -> None:
    seen = follow([(float(second), range(12)) for second in range(30)])
    assert seen == {number: {number - 1} for number in range(1, 13)}


def test_new_faces_are_numbered_in_reading_order() -> None:
    frame, detections, _ = gallery(range(8))
    numbers = [face.track_number for face in Tracker().update(frame, 0.0, detections[::-1])]
    assert numbers == [8, 7, 6, 5, 4, 3, 2, 1]


@pytest.mark.parametrize("order", [[1, 0, 2, 3, 4, 5, 6, 7], [7, 6, 5, 4, 3, 2, 1, 0], [2, 3, 4, 5, 6, 7, 0, 1]])
def test_a_layout_change_swaps_nobody_and_keeps_most(order: list[int]) -> None:
    seen = follow([(float(s), range(8) if s < 10 else order) for s in range(20)])
    assert all(len(people) == 1 for people in seen.values())
    assert len(seen) <= 12


def test_tiles_that_move_up_when_someone_leaves_swap_nobody() -> None:
    seen = follow([(float(s), range(8) if s < 10 else [0, 1, 3, 4, 5, 6, 7]) for s in range(20)])
    assert all(len(people) == 1 for people in seen.values())
    assert len(seen) <= 10


def test_someone_else_in_the_same_tile_is_a_new_track() -> None:
    seen = follow([(float(s), [0, 1, 2 if s < 10 else 9, 3]) for s in range(20)])
    assert all(len(people) == 1 for people in seen.values())
    assert {9} in seen.values()


def test_who_returns_to_their_tile_joins_their_track_again() -> None:
    seen = follow([(float(s), [0, 1, None if 10 <= s < 200 else 2, 3]) for s in range(0, 220, 2)])
    assert seen == {1: {0}, 2: {1}, 3: {2}, 4: {3}}


def test_another_person_after_an_empty_tile_is_a_new_track() -> None:
    scene = [(float(s), [0, 1, 2 if s < 10 else None if s < 30 else 7, 3]) for s in range(50)]
    assert all(len(people) == 1 for people in follow(scene).values())


def test_who_was_away_for_too_long_is_a_new_track() -> None:
    assert len(follow([(0.0, [0]), (REJOIN_S + 1, [0])])) == 2


def test_state_survives_json_to_the_last_bit() -> None:
    whole, numbers = Tracker(), []
    split = Tracker()
    for second in range(20):
        order = list(np.random.default_rng(second // 4).permutation(8))
        frame, detections, _ = gallery([int(person) for person in order], noise=second)
        numbers.append([face.track_number for face in whole.update(frame, float(second), detections)])
        split = Tracker(json.loads(json.dumps(split.state)))
        assert [face.track_number for face in split.update(frame, float(second), detections)] == numbers[-1]
    assert json.dumps(split.state) == json.dumps(whole.state)


def test_a_crowd_does_not_grow_the_state_without_end() -> None:
    tracker = Tracker()
    for second in range(20):
        frame, detections, _ = gallery(range(second * 8, second * 8 + 8))
        tracker.update(frame, float(second), detections)
    assert len(json.dumps(tracker.state)) < 1_000_000


def test_a_frame_without_faces_changes_nothing_but_the_clock() -> None:
    tracker = Tracker()
    frame, detections, _ = gallery([0, 1])
    tracker.update(frame, 0.0, detections)
    before = tracker.state
    assert tracker.update(frame, 1.0, []) == []
    assert tracker.state == before


def looks_of_people(people: Sequence[int]) -> ImageArray:
    """Return the looks (n, 2, 16, 16, 3) of people in a gallery."""
    frame, detections, _ = gallery(people)
    return np.stack([looks_of(levels_of(frame), face) for face in detections])


def test_correlation_is_one_for_equal_looks_and_low_for_others() -> None:
    looks = looks_of_people(range(8))
    alike = correlations(looks, looks)
    np.testing.assert_allclose(np.diagonal(alike, axis1=1, axis2=2), 1.0, atol=1e-9)
    assert alike[:, ~np.eye(8, dtype=bool)].max() < 0.7
    np.testing.assert_array_equal(unpack_looks(pack(looks[0])), looks[0])


def test_correlations_are_those_of_numpy() -> None:
    left, right = looks_of_people(range(3)), looks_of_people(range(3, 8))
    for picture, cells in enumerate((FACE, np.ones_like(FACE))):
        both = np.concatenate([left[:, picture], right[:, picture]])[:, cells].reshape(8, -1).astype(np.float64)
        np.testing.assert_allclose(correlations(left, right)[picture], np.asarray(np.corrcoef(both))[:3, 3:], atol=1e-6)


def test_correlations_have_the_same_bits_however_many_are_asked_for() -> None:
    looks = looks_of_people(range(12))
    whole = correlations(looks, looks)
    for row in range(12):
        np.testing.assert_array_equal(correlations(looks[row : row + 1], looks[3:7])[:, 0], whole[:, row, 3:7])


def test_what_is_behind_the_face_is_not_in_its_picture() -> None:
    looks = looks_of_people(range(4))
    assert (looks[:, 0][:, ~FACE] == MIDDLE).all()
    assert (looks[:, 1][:, ~FACE] != MIDDLE).any()


def test_a_brighter_picture_is_as_alike() -> None:
    looks = looks_of_people(range(4)) // 2 + 10
    looks[:, 0][:, ~FACE] = MIDDLE
    brighter = looks + 60
    brighter[:, 0][:, ~FACE] = MIDDLE
    np.testing.assert_allclose(np.diagonal(correlations(looks, brighter), axis1=1, axis2=2), 1.0, atol=1e-6)


def test_the_assignment_is_the_best_of_all_together_and_leaves_out_what_speaks_against() -> None:
    links = assigned(np.array([[5.0, 4.0, -9.0], [4.5, 1.0, -9.0]]))
    assert links.linked == {0: 1, 1: 0}
    assert links.total == 8.5
    assert assigned(np.full((2, 1), -1.0)).linked == {}


def test_a_margin_is_over_the_best_other_use_of_face_or_track() -> None:
    ratios = np.array([[5.0, 4.0], [4.5, -2.0]])
    assert margins(ratios, {0: 0}) == {0: 0.5}
    assert margins(np.array([[3.0]]), {0: 0}) == {0: 3.0}


def test_between_two_who_could_both_have_returned_nobody_guesses() -> None:
    tracker = Tracker()
    frame, detections, _ = gallery([0, 1, 2, 3], most_px=0)
    frame[:TILE, TILE : 2 * TILE] = frame[:TILE, :TILE]
    tracker.update(frame, 0.0, detections)
    later, others, _ = gallery([4, 5, 6, 7, 0], most_px=0)
    assert tracker.update(later, 100.0, others)[4].track_number == 9


def coloured(faces: Sequence[tuple[ImageArray, FloatArray]]) -> FloatArray:
    """Return unit vectors (n, 3) by the colour of each face: an embedder that tells drawn people apart."""
    spots = [image[int(points[0, 1]) :, int(points[0, 0]) :][:12, :12] for image, points in faces]
    vectors = [spot.mean(axis=(0, 1)).astype(np.float32) - 140 for spot in spots]
    return np.stack([vector / max(np.linalg.norm(vector), 1e-6) for vector in vectors]) if vectors else NOBODY


NOBODY = np.zeros((0, 3), np.float32)


def with_landmarks(detections: Sequence[Detection]) -> list[Detection]:
    """Return the detections with eyes, nose and mouth where a face has them."""
    points = np.array([[0.3, 0.4], [0.7, 0.4], [0.5, 0.6], [0.34, 0.8], [0.66, 0.8]], np.float32)
    return [
        Detection(face.bbox_xyxy, face.bbox_xyxy[:2] + points * (face.bbox_xyxy[2:] - face.bbox_xyxy[:2]), face.score)
        for face in detections
    ]


def test_without_an_embedder_nothing_is_embedded() -> None:
    tracker = Tracker()
    frame, detections, _ = gallery([0, 1])
    tracker.update(frame, 0.0, detections)
    assert tracker.taken == []
    assert [sight.embedding for sight in tracker.first_sights] == [None, None]
    assert "null" in json.dumps(tracker.state)


def test_faces_are_embedded_when_new_and_every_ten_seconds() -> None:
    tracker = Tracker(embed=coloured)
    for second in range(31):
        frame, detections, _ = gallery([0, 1, 2], noise=second)
        tracker.update(frame, float(second), with_landmarks(detections))
    for number in (1, 2, 3):
        times = [taken.timestamp_s for taken in tracker.taken if taken.track_number == number]
        assert times[0] == 0.0
        assert 3 <= len(times) <= 4
        assert min(np.diff(times)) >= 10.0
    assert all(0 <= taken.quality <= 1 for taken in tracker.taken)
    assert all(sight.embedding is not None for sight in tracker.first_sights)


def test_with_an_embedder_too_a_resumed_tracker_has_the_same_bits() -> None:
    whole, split, numbers = Tracker(embed=coloured), Tracker(embed=coloured), []
    for second in range(24):
        order = np.random.default_rng(second // 6).permutation(8).tolist()
        frame, detections, _ = gallery(order, noise=second)
        faces = with_landmarks(detections)
        numbers.append([face.track_number for face in whole.update(frame, float(second), faces)])
        split = Tracker(json.loads(json.dumps(split.state)), coloured)
        assert [face.track_number for face in split.update(frame, float(second), faces)] == numbers[-1]
    assert json.dumps(split.state) == json.dumps(whole.state)


def test_a_state_of_an_earlier_version_is_forgotten_but_its_numbers_are_not_used_again() -> None:
    frame, detections, _ = gallery([0, 1])
    faces = Tracker({"next_number": 9, "tracks": [{"number": 3}]}).update(frame, 0.0, detections)
    assert [face.track_number for face in faces] == [9, 10]
