"""What the eye network is shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import torch

from inference.vision.families.eye_state.data import augment, plain, prepare
from inference.vision.families.eye_state.decode import to_input
from inference.vision.families.eye_state.network import EyeState
from inference.vision.weights import card_path, load_card


def eyes() -> torch.Tensor:
    return torch.rand(16, 1, 32, 32, generator=torch.Generator().manual_seed(3))


def test_augmented_eyes_have_the_input_size_and_stay_in_range() -> None:
    changed = augment(eyes(), 32, torch.Generator().manual_seed(0))
    assert changed.shape == (16, 1, 32, 32)
    assert 0 <= float(changed.min()) <= float(changed.max()) <= 1


def test_the_same_generator_changes_eyes_the_same_way() -> None:
    first, second = (augment(eyes(), 32, torch.Generator().manual_seed(5)) for _ in range(2))
    assert torch.equal(first, second)


def test_the_pipeline_shows_what_the_training_showed() -> None:
    crops = np.random.default_rng(0).integers(0, 256, (3, 32, 32)).astype(np.uint8)
    card = replace(load_card(card_path("eye_state")), input_size=(32, 32))
    shown = plain(torch.from_numpy(prepare(crops, 32)).float() / 255, 32)
    np.testing.assert_allclose(to_input(crops, card), (shown.numpy() - card.mean) / card.std, atol=1e-6)


@torch.inference_mode()
def test_brightness_and_contrast_of_a_crop_change_nothing() -> None:
    torch.manual_seed(0)
    network = EyeState(widths=(4, 4)).eval()
    torch.testing.assert_close(network(eyes() * 0.5 + 0.2), network(eyes()), atol=2e-3, rtol=1e-3)
