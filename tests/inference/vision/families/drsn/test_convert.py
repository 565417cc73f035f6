from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from inference.vision.families.drsn.convert import convert
from inference.vision.families.drsn.network import Drsn

WIDTHS = (4, 6, 8, 10)


def made_up_state(seed: int = 0) -> dict[str, Tensor]:
    """A state dict with torchvision's names and shapes, narrower."""
    generator = torch.Generator().manual_seed(seed)
    shapes: dict[str, tuple[int, ...]] = {"conv1.weight": (4, 3, 7, 7), "fc.weight": (1000, 10), "fc.bias": (1000,)}
    shapes |= {f"bn1.{name}": (4,) for name in ("weight", "bias", "running_mean", "running_var")}
    inputs = 4
    for layer, width in enumerate(WIDTHS, 1):
        for block in range(2):
            shapes |= block_shapes(f"layer{layer}.{block}", inputs, width)
            inputs = width
    state = {name: torch.randn(shape, generator=generator) / 4 for name, shape in shapes.items()}
    return {name: value.abs() + 0.5 if name.endswith("running_var") else value for name, value in state.items()}


def block_shapes(name: str, inputs: int, width: int) -> dict[str, tuple[int, ...]]:
    shapes: dict[str, tuple[int, ...]] = {
        f"{name}.conv1.weight": (width, inputs, 3, 3),
        f"{name}.conv2.weight": (width, width, 3, 3),
    }
    norms = ["bn1", "bn2"] + (["downsample.1"] if inputs != width else [])
    if inputs != width:
        shapes[f"{name}.downsample.0.weight"] = (width, inputs, 1, 1)
    return shapes | {
        f"{name}.{n}.{p}": (width,) for n in norms for p in ("weight", "bias", "running_mean", "running_var")
    }


def slow_resnet18(x: Tensor, state: dict[str, Tensor]) -> Tensor:
    """ResNet18 step by step by torchvision's names."""

    def norm(x: Tensor, name: str) -> Tensor:
        mean, variance, weight, bias = (
            state[f"{name}.{part}"] for part in ("running_mean", "running_var", "weight", "bias")
        )
        return functional.batch_norm(x, mean, variance, weight, bias)

    x = functional.relu(norm(functional.conv2d(x, state["conv1.weight"], stride=2, padding=3), "bn1"))
    x = functional.max_pool2d(x, 3, 2, 1)
    for layer in range(1, 5):
        for block in range(2):
            name, stride = f"layer{layer}.{block}", 2 if layer > 1 and block == 0 else 1
            branch = functional.conv2d(x, state[f"{name}.conv1.weight"], stride=stride, padding=1)
            branch = functional.relu(norm(branch, f"{name}.bn1"))
            branch = norm(functional.conv2d(branch, state[f"{name}.conv2.weight"], padding=1), f"{name}.bn2")
            if f"{name}.downsample.0.weight" in state:
                x = functional.conv2d(x, state[f"{name}.downsample.0.weight"], stride=stride)
                x = norm(x, f"{name}.downsample.1")
            x = functional.relu(branch + x)
    return x.mean(dim=(2, 3))


def network(**options: object) -> Drsn:
    plain: dict[str, object] = {"stem_kernel": 7, "max_pool": True, "shrinkage": "none", "widths": WIDTHS}
    return Drsn(**(plain | options)).eval()  # type: ignore[arg-type]


def loaded(own: nn.Module, state: dict[str, Tensor]) -> nn.Module:
    fitting = {name: value for name, value in convert(state, own).items() if "head" not in name}
    own.load_state_dict(own.state_dict() | fitting)
    return own


@torch.inference_mode()
def test_converted_weights_compute_what_a_standard_resnet18_computes() -> None:
    state, x = made_up_state(), torch.randn(2, 3, 64, 64)
    ours = loaded(network(in_channels=3), state)
    torch.testing.assert_close(ours.forward_features(x), slow_resnet18(x, state), rtol=1e-3, atol=1e-4)  # type: ignore[operator]


@torch.inference_mode()
def test_gray_network_says_of_gray_what_the_colour_network_says_of_its_copies() -> None:
    state, gray = made_up_state(), torch.randn(2, 1, 64, 64)
    ours = loaded(network(), state)
    expected = slow_resnet18(gray.expand(-1, 3, -1, -1), state)
    torch.testing.assert_close(ours.forward_features(gray), expected, rtol=1e-3, atol=1e-4)  # type: ignore[operator]


def test_every_weight_of_a_plain_network_is_given() -> None:
    given, own = convert(made_up_state(), network()), network().state_dict()
    assert {name for name in own if "num_batches" not in name} == set(given)


def test_shrinking_sub_networks_keep_their_own_weights() -> None:
    own = network(shrinkage="channel").state_dict()
    left = {name for name in own if name not in convert(made_up_state(), network()) and "num_batches" not in name}
    assert left
    assert all(".shrink." in name for name in left)


def test_a_stem_of_another_size_is_refused_with_the_profile_to_choose() -> None:
    with pytest.raises(ValueError, match="stem_kernel = 7"):
        convert(made_up_state(), network(stem_kernel=3))


def test_weights_of_this_family_pass_unchanged() -> None:
    state = network().state_dict()
    given = convert(state, network())
    assert given.keys() == state.keys()
    assert all(torch.equal(given[name], value) for name, value in state.items())


@torch.inference_mode()
def test_network_for_twice_the_size_begins_as_the_small_one_on_halved_faces() -> None:
    small, large = (network(stem_kernel=k, stem_stride=s, max_pool=False) for k, s in ((3, 2), (6, 4)))
    large.load_state_dict(convert(small.state_dict(), large))
    x = torch.randn(2, 1, 96, 96)
    torch.testing.assert_close(large(x), small(functional.avg_pool2d(x, 2)), rtol=1e-4, atol=1e-4)
