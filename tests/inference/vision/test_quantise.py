"""int8 by FakeQuantize: what it rounds to, what it leaves alone, and that ranges of other weights are refused."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import openvino as ov
import pytest
import torch
from openvino import opset13 as ops
from torch import nn

from inference.vision import runtime
from inference.vision.quantise import (
    FEWEST_WEIGHTS_IN_FILES,
    LEVELS,
    WEIGHT_HEADROOM,
    Range,
    layers_of,
    load_ranges,
    measure_ranges,
    quantise,
    ranges_path,
    save_ranges,
)
from inference.vision.weights import WeightCard, WeightsError

SHAPE = (8, 12, 12)


@pytest.fixture(scope="module")
def network() -> nn.Module:
    """Two convolutions worth quantising, and a last layer that is too small for it."""
    torch.manual_seed(0)
    layers = [nn.Conv2d(8, 64, 3, padding=1), nn.ReLU(), nn.Conv2d(64, 16, 3, padding=1), nn.ReLU()]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(16, 3)).eval()


def batches(count: int = 4) -> list[np.ndarray]:
    generator = np.random.default_rng(0)
    return [generator.normal(0, 1, (8, *SHAPE)).astype(np.float32) for _ in range(count)]


def exported(network: nn.Module) -> Any:
    return runtime.export_module(network, input_shape=SHAPE)


def answers(network: nn.Module, batch: np.ndarray) -> np.ndarray:
    with torch.inference_mode():
        found: np.ndarray = network(torch.from_numpy(batch)).numpy()
    return found


def rounded(values: np.ndarray, low: float, high: float, levels: int) -> np.ndarray:
    """The definition of FakeQuantize, value by value."""
    step = (high - low) / (levels - 1)
    return np.asarray(np.round((np.clip(values, low, high) - low) / step) * step + low)


def test_only_layers_with_many_weights_are_quantised(network: nn.Module) -> None:
    assert [op.get_type_name() for op in layers_of(exported(network))] == ["Convolution", "Convolution"]


def test_the_least_number_of_weights_can_be_chosen(network: nn.Module) -> None:
    assert len(layers_of(exported(network), fewest_weights=1)) == 3
    assert len(layers_of(exported(network), fewest_weights=8 * 64 * 9 + 1)) == 1


def test_int8_stays_close_to_float32(network: nn.Module) -> None:
    model = exported(network)
    engine = runtime.compile_model(quantise(model, measure_ranges(model, batches(), share=1.0)), precision="f32")
    batch = batches()[0]
    expected = answers(network, batch)
    assert 0 < np.abs(engine(batch)[0] - expected).max() < 0.05 * np.ptp(expected)


def test_ranges_hold_what_enters_each_layer(network: nn.Module) -> None:
    (batch,) = batches(1)
    first, second = measure_ranges(exported(network), [batch], share=1.0)
    np.testing.assert_allclose((first.low, first.high), (batch.min(), batch.max()))
    with torch.inference_mode():
        inner = network[:2](torch.from_numpy(batch))  # type: ignore[index]
    np.testing.assert_allclose((second.low, second.high), (0, float(inner.max())), rtol=1e-4)


def test_a_layer_is_what_rounded_values_and_rounded_weights_give() -> None:
    torch.manual_seed(1)
    layer = nn.Linear(64, 64, bias=False).eval()
    batch = np.abs(np.random.default_rng(2).normal(0, 1, (8, 64))).astype(np.float32)
    model = runtime.export_module(layer, input_shape=(64,))
    engine = runtime.compile_model(quantise(model, [Range("MatMul 64x64", 0.0, 2.0)]), precision="f32")
    weights = layer.weight.detach().numpy()
    ends = np.abs(weights).max(axis=1) * WEIGHT_HEADROOM
    kept = np.stack([rounded(row, -end, end, 255) for row, end in zip(weights, ends, strict=True)])
    expected = rounded(batch, 0.0, 2.0, LEVELS) @ kept.T
    off = np.abs(engine(batch)[0] - expected)
    assert np.quantile(off, 0.9) < 1e-4
    assert off.max() < 0.01, "more than one step, which a value halfway between two may fall to either side of"


def test_saturated_values_do_not_overflow() -> None:
    layer = nn.Linear(512, 64, bias=False).eval()
    nn.init.constant_(layer.weight, 1.0)
    model = runtime.export_module(layer, input_shape=(512,))
    engine = runtime.compile_model(quantise(model, [Range("MatMul 64x512", 0.0, 1.0)]), precision="f32")
    (found,) = engine(np.ones((1, 512), np.float32))
    np.testing.assert_allclose(found, 512, rtol=0.01)


def half_precision_file(folder: Path) -> Path:
    """A file whose layer (2 outputs, 3 colours, 12 x 12) keeps its weights in 16 bits, as TFLite's do."""
    weights = np.random.default_rng(3).normal(0, 1, (2, 3, 12, 12)).astype(np.float16)
    picture = ops.parameter([1, 3, 12, 12], np.float32)
    layer = ops.convolution(picture, ops.convert(ops.constant(weights), "f32"), [1, 1], [0, 0], [0, 0], [1, 1])
    ov.save_model(ov.Model([layer], [picture], "half"), folder / "half.xml", compress_to_fp16=False)
    return folder / "half.xml"


def test_weights_in_half_precision_are_found_and_quantised(tmp_path: Path) -> None:
    path = half_precision_file(tmp_path)
    pixels = np.random.default_rng(4).integers(0, 256, (1, 12, 12, 3)).astype(np.uint8)
    batch = np.ascontiguousarray(pixels[..., ::-1].transpose(0, 3, 1, 2)).astype(np.float32)
    model = runtime.read_file(path, input_shape=batch.shape)
    ranges = measure_ranges(model, [batch], share=1.0, fewest_weights=FEWEST_WEIGHTS_IN_FILES)
    assert [item.layer for item in ranges] == ["Convolution 2x3x12x12"]
    (exact,) = runtime.load_file(path, input_shape=batch.shape, precision="f32")(batch)
    (found,) = runtime.load_file(
        path, input_shape=batch.shape, precision="f32", takes_pixels=True, white=255.0, ranges=ranges
    )(pixels)
    assert 0 < np.abs(found - exact).max() < 0.1 * np.abs(exact).max()


def test_pixels_are_what_the_network_wants_as_values(tmp_path: Path) -> None:
    path = half_precision_file(tmp_path)
    pixels = np.random.default_rng(5).integers(0, 256, (1, 12, 12, 3)).astype(np.uint8)
    batch = pixels[..., ::-1].transpose(0, 3, 1, 2).astype(np.float32)
    values = np.ascontiguousarray(batch / 255, np.float32)
    (exact,) = runtime.load_file(path, input_shape=batch.shape, precision="f32")(values)
    (found,) = runtime.load_file(path, input_shape=batch.shape, precision="f32", takes_pixels=True)(pixels)
    np.testing.assert_allclose(found, exact, atol=1e-3)


def test_ranges_of_another_network_are_refused(network: nn.Module) -> None:
    with pytest.raises(WeightsError, match="another network"):
        quantise(exported(network), [Range("Convolution 1x1x1x1", 0.0, 1.0)])


def test_saved_ranges_are_read_again_and_other_weights_are_refused(tmp_path: Path) -> None:
    ranges = (Range("MatMul 64x64", -1.0, 2.5),)
    save_ranges(tmp_path / "ranges.json", ranges, weights_sha256="a", faces=3)
    assert load_ranges(tmp_path / "ranges.json", weights_sha256="a") == ranges
    with pytest.raises(WeightsError, match="other weights"):
        load_ranges(tmp_path / "ranges.json", weights_sha256="b")


@pytest.mark.parametrize("content", ["", "[]", '{"weights_sha256": "a", "ranges": [{"low": 1}]}'])
def test_unreadable_ranges_are_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "ranges.json").write_text(content)
    with pytest.raises(WeightsError, match="cannot be read"):
        load_ranges(tmp_path / "ranges.json", weights_sha256="a")


@pytest.fixture
def card(network: nn.Module, tmp_path: Path) -> Iterator[WeightCard]:
    """A card that says int8, with its ranges beside it."""
    made = WeightCard(
        name="small", family="small", licence="", paper="", path=tmp_path / "w.safetensors", sha256="a",
        labels=("x", "y", "z"), mean=0.0, std=1.0, input_size=(12, 12), template=(), engine_precision="int8",
    )  # fmt: skip
    save_ranges(ranges_path(made), measure_ranges(exported(network), batches()), weights_sha256="a", faces=32)
    yield made


def test_a_card_that_says_int8_runs_int8(network: nn.Module, card: WeightCard) -> None:
    batch = batches()[0]
    found, exact = (
        runtime.load_shipped(network, replace(card, engine_precision=name), input_shape=SHAPE, device="cpu")(batch)[0]
        for name in ("int8", "fp32")
    )
    assert not np.allclose(found, exact, atol=1e-6)
    np.testing.assert_allclose(exact, answers(network, batch), atol=1e-3)


def test_a_card_that_says_int8_without_ranges_is_refused(network: nn.Module, card: WeightCard) -> None:
    ranges_path(card).unlink()
    with pytest.raises(WeightsError, match=r"manage\.py export"):
        runtime.load_shipped(network, card, input_shape=SHAPE, device="cpu")
