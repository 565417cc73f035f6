"""Two streams, five convolutions, and what the LSTM sees of stills and of clips."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from inference.vision.families.cnn_lstm.decode import WINDOW
from inference.vision.families.cnn_lstm.network import CnnLstm
from inference.vision.runtime import compile_model, export_module

WIDTHS = (4, 6, 8, 10, 12)


def build(**options: Any) -> CnnLstm:
    """Return a small network whose batch norms have seen faces."""
    torch.manual_seed(0)
    network = CnnLstm(widths=WIDTHS, step_size=16, hidden_size=20, **options).train()
    for layer in network.modules():
        if isinstance(layer, nn.BatchNorm2d):
            layer.momentum = 1.0
    with torch.no_grad():
        network(faces(8))
    return network.eval()


def faces(count: int) -> Tensor:
    return torch.randn(count, 2, 96, 96, generator=torch.Generator().manual_seed(1))


def clips(count: int) -> Tensor:
    return torch.randn(count, WINDOW, 2, 96, 96, generator=torch.Generator().manual_seed(2))


def test_each_stream_has_five_5x5_convolutions_with_norm_and_pool() -> None:
    for stream in CnnLstm(widths=WIDTHS).streams:
        layers = list(stream.children())
        assert [type(layer) for layer in layers] == 5 * [nn.Conv2d, nn.BatchNorm2d, nn.ReLU, nn.MaxPool2d]
        assert {layer.kernel_size for layer in layers if isinstance(layer, nn.Conv2d)} == {(5, 5)}


@torch.inference_mode()
def test_stills_make_nine_steps_and_four_with_a_stride() -> None:
    assert build(stem_stride=1).steps(faces(2)).shape == (2, 9, 24)
    assert build(stem_stride=2).steps(faces(2)).shape == (2, 4, 24)


@torch.inference_mode()
def test_clips_make_a_step_a_frame() -> None:
    assert build().steps(clips(3)).shape == (3, WINDOW, 24)


@torch.inference_mode()
def test_cells_come_row_by_row_with_the_streams_side_by_side() -> None:
    network = build(stem_stride=1)
    left, right = (stream(faces(2)[:, c : c + 1]) for c, stream in enumerate(network.streams))
    steps = network.steps(faces(2))
    for row in range(3):
        for column in range(3):
            expected = torch.cat([left[:, :, row, column], right[:, :, row, column]], dim=1)
            torch.testing.assert_close(steps[:, 3 * row + column], expected)


@torch.inference_mode()
def test_a_frames_step_is_the_mean_of_its_cells() -> None:
    network = build()
    steps = network.steps(clips(2))
    for time in range(WINDOW):
        torch.testing.assert_close(steps[:, time], network.cells(clips(2)[:, time]).mean(dim=1))


@torch.inference_mode()
def test_the_order_of_frames_matters() -> None:
    network = build()
    assert not torch.allclose(network(clips(2)), network(clips(2).flip(1)), atol=1e-6)


@torch.inference_mode()
@pytest.mark.parametrize("images", [faces(3), clips(3)], ids=["stills", "clips"])
def test_a_batch_equals_its_rows_one_by_one_and_repeats(images: Tensor) -> None:
    network = build()
    single = torch.cat([network(row[None]) for row in images])
    torch.testing.assert_close(network(images), single, rtol=1e-4, atol=1e-5)
    assert torch.equal(network(images), network(images))


@torch.inference_mode()
def test_stills_and_clips_give_the_same_shape() -> None:
    network = build(num_classes=6)
    assert network(faces(2)).shape == network(clips(2)).shape == (2, 6)
    assert network.forward_features(faces(2)).shape == network.forward_features(clips(2)).shape == (2, 20)


@torch.inference_mode()
@pytest.mark.parametrize(("name", "channel"), [("equalised", 0), ("edges", 1)])
def test_a_single_stream_sees_its_channel_only(name: str, channel: int) -> None:
    network = build(streams=[name])
    changed = faces(2)
    changed[:, 1 - channel] = 0
    assert torch.equal(network(changed), network(faces(2)))
    changed[:, channel] = 0
    assert not torch.equal(network(changed), network(faces(2)))


def test_in_training_the_chosen_share_sees_means() -> None:
    network = build(mean_share=1.0).train()
    steps = network.steps(faces(4))
    torch.testing.assert_close(steps[:, 0], steps[:, 3])
    network.mean_share = 0.0
    steps = network.steps(faces(4))
    assert not torch.allclose(steps[:, 0], steps[:, 3])


def test_an_unknown_stream_is_refused() -> None:
    with pytest.raises(ValueError, match="equalised, edges"):
        CnnLstm(streams=["gray"])


@pytest.mark.parametrize("images", [faces(3), clips(3)[:, :4]], ids=["stills", "clips"])
def test_the_cpu_engine_answers_like_pytorch(images: Tensor) -> None:
    network = build()
    engine = compile_model(export_module(network, input_shape=images.shape[1:]), precision="f32")
    with torch.inference_mode():
        expected = network(images).numpy()
    assert expected.std(axis=0).min() > 1e-4
    for count in (1, 3):
        assert np.abs(engine(images[:count].numpy())[0] - expected[:count]).max() < 1e-3
