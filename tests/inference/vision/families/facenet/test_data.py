from __future__ import annotations

import numpy as np
import torch

from inference.vision.families.facenet.data import augment, plain, prepare, tinted

RED_BGR = (0, 0, 255)


def test_bgr_photos_become_rgb_planes() -> None:
    photos = np.zeros((2, 5, 5, 3), np.uint8)
    photos[...] = RED_BGR
    assert prepare(photos, 5)[0, :, 0, 0].tolist() == [255, 0, 0]


def test_gray_photos_become_three_equal_planes() -> None:
    gray = np.arange(25, dtype=np.uint8).reshape(1, 5, 5)
    assert all(np.array_equal(plane, gray[0]) for plane in prepare(gray, 5)[0])


def test_same_seed_augments_alike_and_another_differs() -> None:
    faces = torch.rand(4, 3, 20, 20, generator=torch.Generator().manual_seed(0))
    first, again, other = (augment(faces, 16, torch.Generator().manual_seed(seed)) for seed in (1, 1, 2))
    assert first.shape == (4, 3, 16, 16)
    assert torch.equal(first, again)
    assert not torch.equal(first, other)
    assert 0 <= float(first.min()) <= float(first.max()) <= 1


def test_plain_faces_lose_only_their_margin() -> None:
    faces = torch.rand(1, 3, 20, 20)
    assert torch.equal(plain(faces, 16), faces[:, :, 2:18, 2:18])


def test_a_third_of_the_faces_loses_its_colour() -> None:
    faces = torch.zeros(600, 3, 1, 1)
    faces[:, 0] = 1
    changed = tinted(faces, torch.Generator().manual_seed(0))
    is_gray = (changed.amax(dim=1) - changed.amin(dim=1)).flatten() < 0.2
    assert 0.25 < float(is_gray.float().mean()) < 0.42
