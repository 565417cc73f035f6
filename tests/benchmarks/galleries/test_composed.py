"""Composed frames and recordings: the same every time, every truth in its tile, and a face where the truth says so."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from benchmarks.galleries.clips import Clip, read_clips
from benchmarks.galleries.cutout import cut_out
from benchmarks.galleries.frames import SIZE, gallery_frame
from benchmarks.galleries.photos import Photo, face_box, read_photos
from benchmarks.galleries.recordings import LOOK_ALIKES, recordings
from benchmarks.galleries.tiles import KINDS, Cast, face_tile
from benchmarks.galleries.truth import GalleryFrame
from benchmarks.tracking import GIVEN, WITH, Clock, followed, true_faces
from inference.vision.stages.detect import overlaps
from inference.vision.stages.landmarks import FaceMesher
from inference.vision.training.lfw_pairs import read_pairs
from inference.vision.weights import asset_path

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
pytestmark = [pytest.mark.shared, pytest.mark.weights]


@pytest.fixture(scope="module")
def photos() -> list[Photo]:
    return read_photos(DATA)


@pytest.fixture(scope="module")
def cast(photos: list[Photo]) -> Cast:
    alike = {person for pair in LOOK_ALIKES for person in pair}
    few = [photo for photo in photos if photo.person in alike] + photos[:30] + photos[-10:]
    return Cast(tuple(few), tuple(cut_out(photo) for photo in few), tuple(read_clips(DATA)))


def drawn(cast: Cast, side: int = 4) -> GalleryFrame:
    return gallery_frame(cast, side, np.random.default_rng(5))


def test_nobody_is_chosen_twice_nor_known_to_the_embedding(photos: list[Photo]) -> None:
    people = [photo.person for photo in photos]
    assert len(people) == len(set(people)) > 400
    assert set(people) <= read_pairs(DATA, "pairs.txt").people
    assert {person for pair in LOOK_ALIKES for person in pair} <= set(people)


def test_the_mesh_lies_in_the_known_box(photos: list[Photo]) -> None:
    level = np.zeros((5, 2), np.float32)
    faces = [(photo.image_bgr, face_box(), level) for photo in photos[::14]]
    meshes = FaceMesher(asset_path("weights/face_landmark.tflite"))(faces)
    overlap = [float(overlaps(mesh.bbox_xyxy[None], face_box()[None])[0, 0]) for mesh in meshes]
    assert np.median(overlap) > 0.7
    assert min(overlap) > 0.5


def test_clips_are_marked_on_every_picture(cast: Cast) -> None:
    assert len({clip.person for clip in cast.clips}) == len(cast.clips) == 8
    assert all(isinstance(clip, Clip) and len(clip.images) == len(clip.boxes) for clip in cast.clips)


def test_a_frame_is_the_same_every_time(cast: Cast) -> None:
    first, second = drawn(cast), drawn(cast)
    np.testing.assert_array_equal(first.image_bgr, second.image_bgr)
    np.testing.assert_array_equal(first.boxes, second.boxes)


@pytest.mark.parametrize("side", [2, 5, 7])
def test_every_truth_is_in_its_tile(cast: Cast, side: int) -> None:
    frame = drawn(cast, side)
    assert frame.image_bgr.shape == (SIZE[1], SIZE[0], 3)
    assert len({face.tile for face in frame.faces}) == len(frame.faces) > 1
    for face in frame.faces:
        left, top = face.tile % side * (SIZE[0] // side), face.tile // side * (SIZE[1] // side)
        x, y = (face.bbox_xyxy[:2] + face.bbox_xyxy[2:]) / 2
        assert left < x < left + SIZE[0] // side and top < y < top + SIZE[1] // side
        assert face.kind == "clip" or 19.9 <= face.height_px <= 120.1


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_shows_a_face_where_its_box_is(cast: Cast, kind: str) -> None:
    tile = face_tile(kind, cast, (420, 236), np.random.default_rng(2))
    assert tile.box is not None and tile.person
    without = tile.image_bgr.copy()
    left, top, right, bottom = tile.box.astype(int)
    inside = without[top:bottom, left:right]
    assert inside.size and inside.std() > 3


def test_recordings_show_nobody_twice_and_follow_absences(cast: Cast) -> None:
    for recording in recordings(cast):
        actor = next(actor for actor in recording.actors if actor.absences)
        absence = actor.absences[0]
        for now_s, is_there in ((absence.start_s - 1, True), (absence.start_s + 1, False)):
            frame = recording._frame(now_s)
            people = [face.person for face in frame.faces]
            assert len(people) == len(set(people))
            assert recording.name == "views" or (actor.person in people) == is_there


def test_a_still_gallery_is_followed_without_a_fault(cast: Cast) -> None:
    frame = recordings(cast)[0]._frame(0.0)
    still = [replace(frame, timestamp_s=float(second)) for second in range(4)]
    found = followed(still, lambda _: true_faces(frame), {WITH: Clock(), GIVEN: Clock()})
    for identity in found.values():
        assert (identity.idf1, identity.switches, identity.mix_ups) == (1.0, 0, 0)
        assert identity.people == identity.tracks == 16
