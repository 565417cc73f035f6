"""Photos in place of cameras: known after 30 s in which nothing moved, and never where somebody moves."""

from __future__ import annotations

import json

import numpy as np

from inference.vision.stages.stillness import PHOTO_S, STILL_S
from inference.vision.stages.track import Tracker
from inference.vision.types import ImageArray
from tests.inference.vision.test_track import TILE, gallery


def still_after(tracker: Tracker, frames: int, *, noise: int = 0, shift_every_s: int = 0, start_s: int = 0) -> None:
    """Show a tracker two people for so many seconds, the first one in a picture that does not change but by noise.

    ``shift_every_s``: the first one moves by two pixels each time.
    """
    for second in range(start_s, start_s + frames):
        frame, detections, _ = gallery([0, 1])
        if shift_every_s and second // shift_every_s % 2:
            frame[:TILE, :TILE] = np.roll(frame[:TILE, :TILE], 4, axis=1)
        frame[:TILE, TILE:] = np.roll(frame[:TILE, TILE:], 5 * (second % 3), axis=1)
        tracker.update(_noisy(frame, noise, second), float(second), detections)


def _noisy(frame: ImageArray, noise: int, seed: int) -> ImageArray:
    grain = np.random.default_rng(seed).integers(-noise, noise + 1, frame.shape)
    return np.asarray(np.clip(frame + grain, 0, 255), np.uint8)


def test_a_photo_is_known_after_half_a_minute_and_not_before() -> None:
    tracker = Tracker()
    still_after(tracker, int(STILL_S))
    assert tracker.still_since_s == {}
    still_after(tracker, 3, start_s=int(STILL_S))
    assert tracker.still_since_s == {1: 0.0}


def test_the_noise_of_compression_does_not_hide_a_photo() -> None:
    tracker = Tracker()
    still_after(tracker, 40, noise=2)
    assert tracker.still_since_s == {1: 0.0}


def test_who_moves_now_and_then_is_no_photo() -> None:
    tracker = Tracker()
    still_after(tracker, 120, shift_every_s=20)
    assert tracker.still_since_s == {}


def test_a_photo_that_gives_way_to_a_camera_is_none_any_more() -> None:
    tracker = Tracker()
    still_after(tracker, 40)
    assert 1 in tracker.still_since_s
    still_after(tracker, 20, shift_every_s=4, start_s=40)
    assert tracker.still_since_s == {}


def test_a_photo_stays_one_where_its_tile_goes_and_through_json() -> None:
    tracker = Tracker()
    still_after(tracker, 40)
    tracker = Tracker(json.loads(json.dumps(tracker.state)))
    frame, detections, _ = gallery([None, None, 5, None, 0])
    numbers = [face.track_number for face in tracker.update(frame, 42.0, detections)]
    assert numbers[1] == 1
    assert tracker.still_since_s == {1: 0.0}


def test_a_face_is_refused_as_a_photo_only_after_five_minutes() -> None:
    tracker = Tracker()
    still_after(tracker, int(STILL_S) + 3)
    frame, detections, _ = gallery([0, 1])
    seen = {second: tracker.update(frame, second, detections) for second in (PHOTO_S - 1, PHOTO_S)}
    assert [face.is_photo for face in seen[PHOTO_S - 1]] == [False, False]
    assert [face.is_photo for face in seen[PHOTO_S]] == [True, False]
