from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from inference.vision.training.face_photos import Photos, aligned, blend_pairs, blended
from inference.vision.training.face_teacher import SIZE_PX, TEMPLATE
from inference.vision.training.lfw_pairs import VIEW_2, person_of, read_pairs
from inference.vision.training.protocols import TRAIN, VALIDATION
from inference.vision.training.recipe import Input
from inference.vision.training.sets.lfw import identities, splits_of, teacher_targets
from inference.vision.training.verification import unit
from inference.vision.types import FloatArray, ImageArray
from tests.conftest import SHARED

POINTS = np.array(TEMPLATE, np.float32)


def photos(people: list[str], source: str = "lfw") -> Photos:
    names = np.array(people)
    images = [np.full((SIZE_PX, SIZE_PX, 3), 10 * row % 256, np.uint8) for row in range(len(people))]
    return Photos(source, images, np.repeat(POINTS[None], len(people), axis=0), names, names)


def test_people_of_lfw_with_several_photos_are_for_validation() -> None:
    splits = splits_of(photos(["ann", "bob", "ann", *(f"single{number}" for number in range(200))]))
    assert splits[0] == splits[2] == VALIDATION
    assert 5 <= (splits[3:] == VALIDATION).sum() <= 40


def test_other_sets_are_all_for_training() -> None:
    assert set(splits_of(photos(["a", "a", "b"], source="fer"))) == {TRAIN}


def test_identities_are_the_people_of_several_training_photos() -> None:
    people, splits = np.array(["b", "a", "b", "c", "a", "a"]), np.array([TRAIN] * 4 + [VALIDATION] * 2)
    truth, names = identities(people, splits)
    assert names == ("b",)
    assert truth.tolist() == [0, -1, 0, -1, -1, -1]


def test_set_of_single_photos_has_no_identities() -> None:
    truth, names = identities(np.array(["a", "b"]), np.array([TRAIN, TRAIN]))
    assert (truth.tolist(), names) == ([-1, -1], ())


def test_points_on_the_template_leave_a_photo_as_it_is() -> None:
    photo = np.random.default_rng(0).integers(0, 255, (SIZE_PX, SIZE_PX, 3)).astype(np.uint8)
    crop = aligned([photo], POINTS[None], POINTS, SIZE_PX)[0]
    assert np.abs(crop.astype(int) - photo).max() <= 2


def test_gray_photos_are_cut_out_with_three_equal_channels() -> None:
    gray = np.random.default_rng(0).integers(0, 255, (SIZE_PX, SIZE_PX)).astype(np.uint8)
    crop = aligned([gray], POINTS[None], POINTS, SIZE_PX)[0]
    assert crop.shape == (SIZE_PX, SIZE_PX, 3)
    assert np.array_equal(crop[..., 0], crop[..., 2])


def test_crop_has_the_margin_that_is_asked_for() -> None:
    shown = Input(64, 0.5, 0.5, margin_px=6, template=tuple((x * 64 / 112, y * 64 / 112) for x, y in TEMPLATE))
    assert photos(["a"]).crops(shown).shape == (1, 76, 76, 3)
    assert photos(["a"]).teacher_crops().shape == (1, SIZE_PX, SIZE_PX, 3)


def test_blend_is_the_weighted_mean_of_two_faces() -> None:
    crops = photos(["a", "b", "c"]).teacher_crops()
    pairs, shares = blend_pairs(np.array([0, 2]), 20, seed=1)
    assert set(pairs.ravel().tolist()) == {0, 2}
    assert ((shares >= 0.35) & (shares <= 0.65)).all()
    slow = [crops[a] * share + crops[b] * (1 - share) for (a, b), share in zip(pairs, shares.tolist(), strict=True)]
    assert np.abs(blended(crops, pairs, shares) - np.array(slow)).max() <= 1


def test_teachers_work_is_done_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Teacher:
        def embed(self, crops: ImageArray, hook: object) -> FloatArray:
            return unit(np.ones((len(crops), 128), np.float32))

    monkeypatch.setattr("inference.vision.training.sets.lfw.load_teacher", lambda data: Teacher())
    first = teacher_targets("lfw", photos(["a", "b"]).teacher_crops, tmp_path, tmp_path, lambda *_: None)
    monkeypatch.setattr("inference.vision.training.sets.lfw.load_teacher", lambda data: pytest.fail("asked again"))
    again = teacher_targets("lfw", lambda: pytest.fail("cut out again"), tmp_path, tmp_path, lambda *_: None)
    assert np.array_equal(first, again)


@pytest.mark.shared
def test_nobody_of_view_2_is_among_the_rest_of_lfw() -> None:
    from inference.vision.training.face_photos import lfw_names

    held_out = read_pairs(SHARED / "data", VIEW_2).people
    rest = [name for name in lfw_names(SHARED / "data") if person_of(name) not in held_out]
    assert (len(rest), len({person_of(name) for name in rest})) == (1549, 1468)
