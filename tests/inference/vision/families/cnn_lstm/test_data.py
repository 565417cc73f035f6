"""The two prepared pictures, their augmentation, and windows of one track."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from inference.vision.families.cnn_lstm.data import augment, plain, prepare
from inference.vision.families.cnn_lstm.decode import WINDOW, read_windows, to_clips, to_input
from inference.vision.families.cnn_lstm.network import CnnLstm
from inference.vision.features.preprocessing import edge_enhancement, weighted_equalisation
from inference.vision.types import FloatArray, ImageArray
from inference.vision.weights import WeightCard

CARD = WeightCard(
    name="cnn_lstm",
    family="cnn_lstm",
    path=Path("cnn_lstm.safetensors"),
    sha256="",
    labels=("angry", "happy"),
    mean=0.48,
    std=0.26,
    input_size=(96, 96),
    template=(),
    licence="",
    paper="",
    engine_precision="f32",
)


def faces(count: int, side: int = 96) -> ImageArray:
    return np.random.default_rng(2).integers(0, 256, (count, side, side), np.uint8)


def test_the_two_channels_are_the_two_prepared_pictures() -> None:
    both = prepare(faces(2), 96)
    assert np.array_equal(both[1, 0], weighted_equalisation(faces(2)[1]))
    assert np.array_equal(both[1, 1], edge_enhancement(faces(2)[1]))


def test_small_faces_are_enlarged_and_margins_stay() -> None:
    assert prepare(faces(2, 48), 96).shape == (2, 2, 96, 96)
    assert prepare(faces(2, 112), 96).shape == (2, 2, 112, 112)


def test_colour_is_prepared_like_its_gray() -> None:
    colour = np.random.default_rng(4).integers(0, 256, (2, 96, 96, 3), np.uint8)
    gray = np.stack([cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) for image in colour])
    assert np.array_equal(prepare(colour, 96), prepare(gray, 96))


def test_augmentation_repeats_with_its_seed_and_moves_both_channels_alike() -> None:
    images = torch.from_numpy(prepare(faces(4), 96)).float() / 255
    images[:, 1] = images[:, 0]
    first, again = (augment(images, 96, torch.Generator().manual_seed(7)) for _ in range(2))
    assert torch.equal(first, again)
    assert torch.equal(first[:, 0], first[:, 1])
    assert not torch.equal(first, images)
    assert 0 <= float(first.min()) <= float(first.max()) <= 1


def test_input_equals_what_the_trainer_makes_without_augmentation() -> None:
    images = plain(torch.from_numpy(prepare(faces(2), 96)).float() / 255, 96)
    torch.testing.assert_close(torch.from_numpy(to_input(faces(2), CARD)), (images - CARD.mean) / CARD.std)


def test_each_frame_of_a_window_is_prepared_like_a_still() -> None:
    windows = faces(2 * WINDOW).reshape(2, WINDOW, 96, 96)
    assert to_clips(windows, CARD).shape == (2, WINDOW, 2, 96, 96)
    assert np.array_equal(to_clips(windows, CARD)[1, 3], to_input(windows[1], CARD)[3])


def test_other_sizes_and_other_windows_are_refused() -> None:
    with pytest.raises(ValueError, match="takes"):
        to_input(faces(2), dataclasses.replace(CARD, input_size=(48, 48)))
    with pytest.raises(ValueError, match=r"takes \(n, 16, height, width\)"):
        to_clips(faces(15).reshape(1, 15, 96, 96), CARD)


@torch.inference_mode()
def test_windows_are_read_as_probabilities_alike_in_a_batch_and_alone() -> None:
    torch.manual_seed(0)
    network = CnnLstm(num_classes=2, widths=(4, 4, 4, 4, 4), step_size=8, hidden_size=8).eval()
    windows = faces(3 * WINDOW).reshape(3, WINDOW, 96, 96)

    def answer(batch: FloatArray) -> tuple[FloatArray, ...]:
        return (network(torch.from_numpy(batch)).numpy(),)

    together = read_windows(answer, windows, CARD)
    alone = np.concatenate([read_windows(answer, window[None], CARD) for window in windows])
    assert together.shape == (3, 2)
    np.testing.assert_allclose(together.sum(axis=1), 1, rtol=1e-5)
    np.testing.assert_allclose(together, alone, atol=1e-5)
