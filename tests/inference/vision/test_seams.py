"""Seams: who is there on both sides of a cut has one number, who is not has a new one."""

from __future__ import annotations

import json
from collections.abc import Sequence

from inference.vision.sights import FirstSight
from inference.vision.stages.seams import stitch
from inference.vision.stages.track import Tracker
from tests.inference.vision.test_track import gallery


def follow_from(people: Sequence[int], start_s: float) -> tuple[Tracker, dict[int, int]]:
    """Return a tracker after ten seconds of ``people``, with its numbers and who they are."""
    tracker = Tracker()
    numbers: dict[int, int] = {}
    for second in range(10):
        frame, detections, who = gallery(people, noise=second)
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
