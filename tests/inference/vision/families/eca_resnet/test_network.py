from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn

from inference.vision.families.eca_resnet.network import Block, Eca, EcaResnet, eca_kernel

WIDTHS = (8, 12, 16, 20)


def narrow(**options: object) -> EcaResnet:
    torch.manual_seed(0)
    return EcaResnet(**({"widths": WIDTHS} | options)).eval()  # type: ignore[arg-type]


def slow_eca(x: Tensor, kernel: list[float]) -> Tensor:
    """Channel by channel: its neighbours' means times the kernel, beyond the ends nothing, then a sigmoid."""
    n, channels, height, width = x.shape
    out = torch.zeros_like(x)
    for i in range(n):
        means = [float(x[i, c].sum()) / (height * width) for c in range(channels)]
        for c in range(channels):
            near = [c + j - len(kernel) // 2 for j in range(len(kernel))]
            total = sum(k * means[d] for k, d in zip(kernel, near, strict=True) if 0 <= d < channels)
            out[i, c] = x[i, c] / (1 + math.exp(-total))
    return out


@pytest.mark.parametrize("stem_stride", [1, 2])
def test_the_network_has_exactly_11170279_parameters(stem_stride: int) -> None:
    network = EcaResnet(stem_stride=stem_stride)
    assert sum(parameter.numel() for parameter in network.parameters()) == 11_170_279


def test_the_attention_adds_36_parameters() -> None:
    attention = [module for module in EcaResnet().modules() if isinstance(module, Eca)]
    assert [module.conv.kernel_size[0] for module in attention] == [3, 3, 5, 5, 5, 5, 5, 5]
    assert sum(parameter.numel() for module in attention for parameter in module.parameters()) == 36


@pytest.mark.parametrize(("channels", "kernel"), [(64, 3), (128, 5), (256, 5), (512, 5)])
def test_the_kernel_follows_the_formula(channels: int, kernel: int) -> None:
    assert eca_kernel(channels) == kernel


@pytest.mark.parametrize("channels", [1, 2, 8, 16, 100, 1000, 4096])
def test_a_kernel_is_odd_and_at_most_one_above_the_formula(channels: int) -> None:
    kernel, exact = eca_kernel(channels), (math.log2(channels) + 1) / 2
    assert kernel % 2 == 1
    assert exact - 1 < kernel <= exact + 1


@pytest.mark.parametrize("kernel", [1, 3, 5])
@torch.inference_mode()
def test_attention_matches_a_plain_loop(kernel: int) -> None:
    torch.manual_seed(kernel)
    eca, x = Eca(kernel), torch.randn(2, 7, 3, 4)
    torch.testing.assert_close(eca(x), slow_eca(x, eca.conv.weight[0, 0].tolist()), rtol=1e-4, atol=1e-5)


def test_mish_is_x_times_tanh_of_softplus() -> None:
    x = [-30.0, -3.0, -0.5, 0.0, 0.7, 4.0, 30.0]
    slow = [value * math.tanh(math.log1p(math.exp(value))) for value in x]
    act = Block(4, 4, stride=1, kernel=3, attention="none", activation="mish").act
    torch.testing.assert_close(act(torch.tensor(x)), torch.tensor(slow), rtol=1e-5, atol=1e-6)


@torch.inference_mode()
def test_attention_weighs_after_or_before_the_norm_as_asked() -> None:
    options = {"stride": 1, "kernel": 3, "activation": "mish"}
    torch.manual_seed(0)
    after = Block(6, 6, attention="after_norm", **options).eval()  # type: ignore[arg-type]
    before = Block(6, 6, attention="before_norm", **options).eval()  # type: ignore[arg-type]
    before.load_state_dict(after.state_dict())
    x = torch.randn(2, 6, 5, 5)
    branch = after.conv2(after.act(after.norm1(after.conv1(x))))
    torch.testing.assert_close(after(x), after.act(after.eca(after.norm2(branch)) + x))
    torch.testing.assert_close(before(x), before.act(before.norm2(before.eca(branch)) + x))


def test_the_baseline_has_neither_attention_nor_mish() -> None:
    kinds = {type(module) for module in narrow(attention="none", activation="relu").modules()}
    assert kinds.isdisjoint({Eca, nn.Mish})
    assert nn.ReLU in kinds


def test_given_kernels_replace_the_formula() -> None:
    network = narrow(k_sizes=(3, 5, 7, 7))
    kernels = [module.conv.kernel_size[0] for module in network.modules() if isinstance(module, Eca)]
    assert kernels == [3, 3, 5, 5, 7, 7, 7, 7]


@pytest.mark.parametrize(("options", "side"), [({}, 6), ({"stem_stride": 2}, 3), ({"max_pool": True}, 3)])
@torch.inference_mode()
def test_the_last_maps_have_the_side_that_the_stem_leaves(options: dict[str, object], side: int) -> None:
    network = narrow(**options)
    assert network.stages(network.stem(torch.zeros(1, 1, 48, 48))).shape[2:] == (side, side)


@torch.inference_mode()
def test_dropout_acts_in_training_alone() -> None:
    network, x = narrow(), torch.randn(2, 20)
    assert torch.equal(network.forward_head(x), network.head(x))
    assert network.dropout.p == 0.5
    network.train()
    assert not torch.equal(network.forward_head(x), network.head(x))
