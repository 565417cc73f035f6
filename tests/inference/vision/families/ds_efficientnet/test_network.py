from __future__ import annotations

import math
from itertools import pairwise
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from inference.vision.families.ds_efficientnet.network import (
    STAGES,
    DsEfficientNet,
    MbConv,
    SqueezeExcite,
    Stage,
)

ABLATIONS: list[dict[str, Any]] = [
    {"multi_scale": False, "head": "fc"},
    {"attention": False, "head": "fc"},
    {"head": "fc"},
    {},
]
"""The rows of the paper's Table 3: B0, + multi-scale, + SE, + GAP and batch norm."""
PUBLISHED_B0 = 1_695_720


def count(**options: Any) -> int:
    return sum(weight.numel() for weight in DsEfficientNet(**options).parameters())


def faces(number: int, side_px: int = 48) -> Tensor:
    return torch.randn(number, 1, side_px, side_px, generator=torch.Generator().manual_seed(1))


def slow_squeeze_excite(layer: SqueezeExcite, x: Tensor) -> list[list[list[float]]]:
    """One face, value by value: mean of each channel, two layers with swish between, sigmoid, product."""
    means = [float(channel.mean()) for channel in x]
    hidden = []
    for row, bias in zip(layer.squeeze.weight.flatten(1).tolist(), layer.squeeze.bias.tolist(), strict=True):  # type: ignore[union-attr]
        value = sum(weight * mean for weight, mean in zip(row, means, strict=True)) + bias
        hidden.append(value / (1 + math.exp(-value)))
    answer = []
    for channel, row, bias in zip(
        x.tolist(),
        layer.excite.weight.flatten(1).tolist(),
        layer.excite.bias.tolist(),  # type: ignore[union-attr]
        strict=True,
    ):
        value = sum(weight * unit for weight, unit in zip(row, hidden, strict=True)) + bias
        share = 1 / (1 + math.exp(-value))
        answer.append([[cell * share for cell in line] for line in channel])
    return answer


def test_squeeze_excite_matches_a_plain_loop() -> None:
    layer, x = SqueezeExcite(6, 2), torch.randn(1, 6, 3, 3)
    torch.testing.assert_close(layer(x)[0], torch.tensor(slow_squeeze_excite(layer, x[0])), rtol=1e-4, atol=1e-5)


def test_shipped_network_has_at_most_two_million_weights() -> None:
    assert count() == 1_029_695


@pytest.mark.parametrize(
    ("deep", "counts"),
    [
        ("b0", [1_923_891, 1_997_955, 1_999_167, 1_723_823]),
        ("fused", [1_248_051, 1_322_115, 1_323_327, 1_029_695]),
    ],
)
def test_ablations_have_these_counts_and_gap_is_smaller_than_fc(deep: str, counts: list[int]) -> None:
    found = [count(deep=deep, **options) for options in ABLATIONS]
    assert found == counts


def test_b0_up_to_its_sixth_stage_is_within_one_percent_of_the_papers_count() -> None:
    ours = count(deep="b0", multi_scale=False, in_channels=3)
    assert ours == 1_703_987
    assert abs(ours / PUBLISHED_B0 - 1) < 0.01


@torch.inference_mode()
@pytest.mark.parametrize("deep", sorted(STAGES))
@pytest.mark.parametrize("options", ABLATIONS)
def test_every_ablation_answers_at_both_training_sizes(deep: str, options: dict[str, Any]) -> None:
    network = DsEfficientNet(num_classes=7, deep=deep, **options).eval()  # type: ignore[arg-type]
    for side_px in (36, 48):
        assert network.forward_features(faces(2, side_px)).shape == (2, network.feature_size)
        assert network(faces(2, side_px)).shape == (2, 7)


@torch.inference_mode()
def test_maps_of_48_px_reach_the_fully_connected_layer_unpooled() -> None:
    assert DsEfficientNet().eval().deep(faces(1)).shape[2:] == (3, 3)


@torch.inference_mode()
def test_without_its_shallow_branch_the_network_loses_48_features() -> None:
    both, deep = DsEfficientNet(), DsEfficientNet(multi_scale=False)
    assert both.feature_size - deep.feature_size == 48
    assert deep.shallow is None


def test_attention_is_in_the_shallow_branch_only_where_asked_for() -> None:
    for attention in (True, False):
        shallow = DsEfficientNet(attention=attention).shallow
        assert shallow is not None
        assert any(isinstance(layer, SqueezeExcite) for layer in shallow) is attention


@pytest.mark.parametrize(("stride", "outputs", "is_added"), [(1, 8, True), (2, 8, False), (1, 12, False)])
def test_block_adds_its_input_only_where_shapes_agree(stride: int, outputs: int, is_added: bool) -> None:
    block = MbConv(8, Stage("depthwise", 4, outputs, 1, 3, stride), stride=stride)
    nn.init.zeros_(block.branch[-1].weight)  # type: ignore[arg-type]
    x = torch.randn(2, 8, 6, 6)
    assert torch.equal(block(x), x if is_added else torch.zeros(2, outputs, 6 // stride, 6 // stride))


def test_depthwise_block_widens_filters_weighs_and_narrows_in_this_order() -> None:
    layers = [type(layer).__name__ for layer in MbConv(8, Stage("depthwise", 6, 8, 1, 5, 1), stride=1).branch]
    widened, filtered = ["Conv2d", "BatchNorm2d", "SiLU"], ["Conv2d", "BatchNorm2d", "SiLU"]
    assert layers == [*widened, *filtered, "SqueezeExcite", "Conv2d", "BatchNorm2d"]


def test_plain_kernel_replaces_widening_and_depthwise_kernel() -> None:
    convolutions = [
        layer for layer in MbConv(8, Stage("plain", 2, 8, 1, 3, 1), stride=1).branch if isinstance(layer, nn.Conv2d)
    ]
    assert [(layer.out_channels, layer.kernel_size, layer.groups) for layer in convolutions] == [
        (16, (3, 3), 1),
        (8, (1, 1), 1),
    ]


def test_maps_never_grow_on_the_way_down() -> None:
    x, sides = faces(1), []
    with torch.inference_mode():
        for layer in DsEfficientNet().eval().deep:
            x = layer(x)
            sides.append(x.shape[-1])
    assert all(after <= before for before, after in pairwise(sides))


def test_same_seed_draws_the_same_network_and_the_same_training_step() -> None:
    def trained() -> Tensor:
        torch.manual_seed(3)
        network = DsEfficientNet().train()
        network(faces(4)).square().sum().backward()
        gradient = next(network.parameters()).grad
        assert gradient is not None
        return gradient

    assert torch.equal(trained(), trained())
