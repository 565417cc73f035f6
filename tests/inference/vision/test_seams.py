"""Seams: who is there on both sides of a cut has one number, who is not has a new one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from inference.vision.sights import FirstSight
from inference.vision.stages.seams import stitch
from inference.vision.stages.track import Tracker
from tests.inference.vision.test_track import gallery, with_landmarks


def follow_from(people: Sequence[int], start_s: float, most_px: int = 3) -> tuple[Tracker, dict[int, int]]:
    """Return a tracker after ten seconds of ``people``, with its numbers and who they are."""
    tracker = Tracker()
    numbers: dict[int, int] = {}
    for second in range(10):
        frame, detections, who = gallery(people, noise=second, most_px=most_px)
        faces = tracker.update(frame, start_s + second, detections)
        numbers |= {face.track_number: person for face, person in zip(faces, who, strict=True)}
    return tracker, numbers


def test_people_before_and_after_a_cut_are_joined_and_strangers_are_not() -> None:
    earlier, before = follow_from([0, 1, 2, 3, 4], 0.0)
    later, after = follow_from([2, 0, 9, 1], 10.0)
    joined = stitch(json.loads(json.dumps(earlier.state)), later.first_sights)
    assert {after[number]: before[old] for number, old in joined.items()} == {2: 2, 0: 0, 1: 1}


def test_nobody_is_joined_to_an_empty_stretch() -> None:
    later, _ = follow_from([0, 1], 0.0)
    assert stitch(Tracker().state, later.first_sights) == {}
    assert stitch(later.state, []) == {}


def test_first_sights_are_the_tracks_that_began_with_this_tracker() -> None:
    tracker, numbers = follow_from([0, 1, 2], 0.0)
    assert [sight.number for sight in tracker.first_sights] == sorted(numbers)
    assert all(isinstance(sight, FirstSight) and sight.embedding is None for sight in tracker.first_sights)
    assert Tracker(tracker.state).first_sights == []


def test_place_tells_twins_apart_right_after_a_cut_but_not_later() -> None:
    earlier, _ = follow_from([0, 0, 1, 2], 0.0, most_px=0)
    at_once, _ = follow_from([0, 0, 1, 2], 10.0, most_px=0)
    joined = stitch(earlier.state, at_once.first_sights)
    assert joined == {1: 1, 2: 2, 3: 3, 4: 4}
    much_later, _ = follow_from([0, 0, 1, 2], 200.0, most_px=0)
    assert not set(stitch(earlier.state, much_later.first_sights)) & {1, 2}


def test_a_new_layout_at_the_cut_swaps_nobody() -> None:
    earlier, before = follow_from([0, 1, 2, 3, 4, 5], 0.0)
    later, after = follow_from([5, 3, 0, 4, 1, 2], 10.0)
    joined = stitch(earlier.state, later.first_sights)
    assert {after[number]: before[old] for number, old in joined.items()} == {person: person for person in range(6)}


def test_embeddings_tell_twins_apart_at_any_time() -> None:
    vectors = {1: np.eye(8, dtype=np.float32)[0], 2: np.eye(8, dtype=np.float32)[1]}
    earlier = Tracker(embed=lambda faces: np.stack([vectors[1], vectors[2]])[: len(faces)])
    frame, detections, _ = gallery([0, 0], most_px=0)
    with_points = with_landmarks(detections)
    earlier.update(frame, 0.0, with_points)
    sights = [replace(sight, timestamp_s=200.0, quality=1.0) for sight in earlier.first_sights]
    swapped = [replace(sights[0], embedding=vectors[2]), replace(sights[1], embedding=vectors[1])]
    assert stitch(earlier.state, sights) == {1: 1, 2: 2}
    assert stitch(earlier.state, swapped) == {1: 2, 2: 1}
