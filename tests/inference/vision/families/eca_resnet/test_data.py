from __future__ import annotations

import cv2
import numpy as np
import torch

from inference.vision.families.eca_resnet.data import augment, plain, prepare


def faces(count: int = 16) -> torch.Tensor:
    return torch.rand(count, 1, 48, 48, generator=torch.Generator().manual_seed(3))


def test_augmented_faces_keep_their_size_and_range_and_differ_from_each_other() -> None:
    changed = augment(faces()[:1].expand(16, -1, -1, -1), 48, torch.Generator().manual_seed(0))
    assert changed.shape == (16, 1, 48, 48)
    assert 0 <= float(changed.min()) <= float(changed.max()) <= 1
    assert len({float(face.sum()) for face in changed}) == 16


def test_the_same_generator_changes_faces_the_same_way() -> None:
    first, second = (augment(faces(), 48, torch.Generator().manual_seed(5)) for _ in range(2))
    assert torch.equal(first, second)


def test_about_a_quarter_of_the_faces_has_a_part_erased() -> None:
    white = torch.ones(400, 1, 48, 48)
    changed = augment(white, 48, torch.Generator().manual_seed(1))
    erased = (changed == 0.5).flatten(1).any(dim=1).float().mean()
    assert 0.18 < float(erased) < 0.32


def test_colour_becomes_gray_as_opencv_makes_it() -> None:
    colour = np.random.default_rng(0).integers(0, 256, (2, 8, 8, 3), dtype=np.uint8)
    gray = prepare(colour, 8)
    assert gray.shape == (2, 1, 8, 8)
    assert np.array_equal(gray[1, 0], cv2.cvtColor(colour[1], cv2.COLOR_BGR2GRAY))
    assert np.array_equal(prepare(gray[:, 0], 8), gray)


def test_plain_takes_a_margin_off() -> None:
    assert torch.equal(plain(faces(), 40), faces()[:, :, 4:44, 4:44])
    assert torch.equal(plain(faces(), 48), faces())
