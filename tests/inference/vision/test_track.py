"""Tracks: never two people in one, never one person in two at once, and who returns is known again."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence

import numpy as np
import pytest

from inference.vision.stages.links import Alike, by_looks
from inference.vision.stages.looks import likeness, looks_of, pack_looks, unpack_looks
from inference.vision.stages.track import REJOIN_S, Tracker
from inference.vision.types import Detection, ImageArray

TILE = 160
COLUMNS = 4


def portrait(person: int) -> ImageArray:
    """Return one person's tile: a backdrop, a body and a head in colours and shapes of their own."""
    rng = np.random.default_rng(person)
    coarse = rng.integers(0, 256, (5, 5, 3))
    tile = np.kron(coarse, np.ones((TILE // 5, TILE // 5, 1))).astype(np.uint8)
    tile[50:110, 55:105] = rng.integers(60, 220, 3)
    return tile


def gallery(people: Sequence[int | None], *, noise: int = 0) -> tuple[ImageArray, list[Detection], list[int]]:
    """Return a frame, its detections and who they are; None is a tile with the camera off."""
    rows = -(-len(people) // COLUMNS)
    frame = np.full((rows * TILE, COLUMNS * TILE, 3), 30, np.uint8)
    jitter = np.random.default_rng(noise)
    detections, who = [], []
    for place, person in enumerate(people):
        if person is None:
            continue
        top, left = place // COLUMNS * TILE, place % COLUMNS * TILE
        frame[top : top + TILE, left : left + TILE] = portrait(person)
        x, y = left + 55 + jitter.integers(-3, 4), top + 50 + jitter.integers(-3, 4)
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


def test_likeness_is_one_for_equal_looks_and_low_for_others() -> None:
    box = np.array([55, 50, 105, 110], np.float32)
    looks = np.stack([looks_of(portrait(person), box) for person in range(6)])
    np.testing.assert_allclose(likeness(looks, looks), 1.0, atol=1e-3)
    assert likeness(looks, np.roll(looks, 1, axis=0)).max() < 0.6
    np.testing.assert_array_equal(unpack_looks(pack_looks(looks[0])), looks[0])


def alike_with(values: Sequence[Sequence[float]]) -> Alike:
    """Return likenesses (tracks, detections) as given instead of computed."""
    looks = np.zeros((1, 16, 16, 3), np.uint8)
    alike = Alike(np.repeat(looks, len(values), axis=0), np.repeat(looks, len(values[0]), axis=0))
    alike._values[:] = values
    return alike


def test_who_was_never_seen_beside_a_track_does_not_stop_its_return() -> None:
    alike = alike_with([[0.9], [0.85]])
    assert by_looks(alike, {}, np.zeros((2, 2), bool)) == {0: 0}
    assert by_looks(alike, {}, ~np.eye(2, dtype=bool)) == {}


def test_another_face_that_looks_like_the_track_stops_its_return() -> None:
    assert by_looks(alike_with([[0.9, 0.85]]), {}, np.zeros((1, 1), bool)) == {}


@pytest.mark.parametrize(
    ("likeness", "rival", "is_linked"), [(0.75, 0.4, True), (0.75, 0.55, False), (0.65, 0.0, False)]
)
def test_less_likeness_is_enough_only_where_nobody_comes_near(likeness: float, rival: float, is_linked: bool) -> None:
    found = by_looks(alike_with([[likeness], [rival]]), {}, ~np.eye(2, dtype=bool))
    assert found == ({0: 0} if is_linked else {})


def test_a_track_remembers_whom_it_was_seen_beside_as_long_as_they_are_known() -> None:
    tracker = Tracker()
    for time_s, people in [(0.0, [0, 1]), (1.0, [0, 2]), (REJOIN_S + 0.5, [0])]:
        frame, detections, _ = gallery(people)
        tracker.update(frame, time_s, detections)
        if time_s == 1.0:
            assert {track.number: set(track.met) for track in tracker._tracks} == {1: {2, 3}, 2: {1}, 3: {1}}
    assert {track.number: set(track.met) for track in tracker._tracks} == {1: {3}, 3: {1}}
