from __future__ import annotations

import torch

from inference.vision.families.common import centre_crop
from inference.vision.families.drsn.data import augment


def faces() -> torch.Tensor:
    return torch.rand(8, 1, 64, 64, generator=torch.Generator().manual_seed(3))


def test_augmented_faces_have_the_input_size_and_stay_in_range() -> None:
    changed = augment(faces(), 48, torch.Generator().manual_seed(0))
    assert changed.shape == (8, 1, 48, 48)
    assert 0 <= float(changed.min()) <= float(changed.max()) <= 1


def test_the_same_generator_changes_faces_the_same_way() -> None:
    first, second = (augment(faces(), 48, torch.Generator().manual_seed(5)) for _ in range(2))
    assert torch.equal(first, second)


def test_each_face_is_changed_in_its_own_way() -> None:
    same = faces()[:1].expand(8, -1, -1, -1)
    changed = augment(same, 48, torch.Generator().manual_seed(0))
    assert len({float(face.sum()) for face in changed}) == 8


def test_centre_crop_takes_the_margin_off_evenly() -> None:
    assert torch.equal(centre_crop(faces(), 48), faces()[:, :, 8:56, 8:56])
