from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from inference.vision.families.drsn.network import Drsn, Shrink, Shrinkage, SqueezeExcite, soft_threshold


def slow_soft_threshold(x: float, tau: float) -> float:
    if x > tau:
        return x - tau
    if x < -tau:
        return x + tau
    return 0.0


def slow_threshold(shrink: Shrink, x: torch.Tensor) -> list[float]:
    """Thresholds of one face, channel by channel, from the trained numbers of the sub-network."""
    means = [float(channel.abs().mean()) for channel in x]
    hidden = shrink.squeeze.weight @ torch.tensor(means)
    norm = shrink.norm
    assert norm.running_mean is not None
    assert norm.running_var is not None
    hidden = (hidden - norm.running_mean) / torch.sqrt(norm.running_var + norm.eps) * norm.weight + norm.bias
    alphas = torch.sigmoid(shrink.excite.weight @ hidden.clamp(min=0) + shrink.excite.bias).tolist()
    if shrink.shared:
        return [alphas[0] * sum(means) / len(means)]
    return [alpha * mean for alpha, mean in zip(alphas, means, strict=True)]


@given(st.lists(st.floats(-10, 10, width=32), min_size=1, max_size=20), st.floats(0, 5, width=32))
def test_soft_threshold_matches_its_definition(values: list[float], tau: float) -> None:
    fast = soft_threshold(torch.tensor(values), torch.tensor(tau))
    assert fast.tolist() == pytest.approx([slow_soft_threshold(value, tau) for value in values], abs=1e-5)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10_000), st.booleans())
def test_shrinking_never_grows_a_value_and_keeps_its_sign(seed: int, shared: bool) -> None:
    torch.manual_seed(seed)
    shrink, x = Shrink(8, shared=shared).eval(), torch.randn(2, 8, 3, 3)
    y = shrink(x)
    assert bool((shrink.threshold(x) >= 0).all())
    assert bool((y.abs() <= x.abs()).all())
    assert bool((y * x >= 0).all())


@pytest.mark.parametrize(("shared", "count"), [(False, 8), (True, 1)])
def test_channel_wise_has_a_threshold_per_channel_and_shared_has_one(shared: bool, count: int) -> None:
    thresholds = Shrink(8, shared=shared).eval().threshold(torch.randn(2, 8, 3, 3))
    assert thresholds.shape == (2, count)
    assert bool((thresholds >= 0).all())


@pytest.mark.parametrize("shared", [False, True])
def test_threshold_matches_the_paper_step_by_step(shared: bool) -> None:
    shrink, x = Shrink(8, shared=shared).eval(), torch.randn(1, 8, 3, 3)
    with torch.no_grad():
        assert shrink.threshold(x)[0].tolist() == pytest.approx(slow_threshold(shrink, x[0]), abs=1e-5)


@pytest.mark.parametrize(("reduction", "hidden"), [(1, 16), (4, 4)])
def test_sub_network_width_is_an_option(reduction: int, hidden: int) -> None:
    assert Shrink(16, reduction=reduction).squeeze.out_features == hidden


@torch.inference_mode()
@pytest.mark.parametrize("shrinkage", ["channel", "shared"])
def test_alpha_of_zero_gives_plain_resnet18(shrinkage: Shrinkage) -> None:
    shrunk, plain = Drsn(shrinkage=shrinkage).eval(), Drsn(shrinkage="none").eval()
    plain.load_state_dict({name: value for name, value in shrunk.state_dict().items() if ".shrink." not in name})
    for block in shrunk.modules():
        if isinstance(block, Shrink):
            block.excite.weight.zero_()
            block.excite.bias.fill_(-1e4)
    x = torch.randn(2, 1, 48, 48)
    torch.testing.assert_close(shrunk(x), plain(x))


def test_plain_network_at_the_papers_settings_has_resnet18s_size() -> None:
    network = Drsn(num_classes=1000, in_channels=3, stem_kernel=7, max_pool=True, shrinkage="none")
    assert sum(parameter.numel() for parameter in network.parameters()) == 11_689_512


@torch.inference_mode()
def test_one_gray_channel_is_three_equal_channels_with_summed_kernels() -> None:
    three, one = Drsn(in_channels=3).eval(), Drsn().eval()
    state = three.state_dict()
    one.load_state_dict(state | {"stem.0.weight": state["stem.0.weight"].sum(dim=1, keepdim=True)})
    x = torch.randn(2, 1, 48, 48)
    torch.testing.assert_close(one(x), three(x.expand(-1, 3, -1, -1)), rtol=1e-4, atol=1e-4)


def slow_squeeze_excite(block: SqueezeExcite, face: torch.Tensor) -> list[torch.Tensor]:
    """Figure 7 step by step for one face (C, h, w): each channel times its scale."""
    means = torch.tensor([float(channel.mean()) for channel in face])
    hidden = (block.squeeze.weight @ means + block.squeeze.bias).clamp(min=0)
    scales = 1 / (1 + torch.exp(-(block.excite.weight @ hidden + block.excite.bias)))
    return [channel * float(scale) for channel, scale in zip(face, scales, strict=True)]


@torch.inference_mode()
def test_squeeze_and_excite_matches_its_figure_step_by_step() -> None:
    block, x = SqueezeExcite(8), torch.randn(3, 8, 4, 4)
    for face, fast in zip(x, block(x), strict=True):
        torch.testing.assert_close(fast, torch.stack(slow_squeeze_excite(block, face)))


@torch.inference_mode()
def test_excite_of_one_gives_plain_resnet18() -> None:
    scaled, plain = Drsn(shrinkage="se").eval(), Drsn(shrinkage="none").eval()
    plain.load_state_dict({name: value for name, value in scaled.state_dict().items() if ".shrink." not in name})
    for block in scaled.modules():
        if isinstance(block, SqueezeExcite):
            block.excite.weight.zero_()
            block.excite.bias.fill_(1e4)
    x = torch.randn(2, 1, 48, 48)
    torch.testing.assert_close(scaled(x), plain(x))


def test_all_four_kinds_stand_at_the_same_place() -> None:
    kinds = [Drsn(shrinkage=kind, widths=(4, 4, 4, 4)) for kind in ("channel", "shared", "se", "none")]
    places = [[name for name, _ in kind.named_modules() if name.endswith(".shrink")] for kind in kinds]
    assert all(place == places[0] and len(place) == 8 for place in places)


def test_frozen_network_learns_only_thresholds_and_head() -> None:
    network = Drsn(widths=(4, 4, 4, 4), is_frozen=True).train()
    learned = {name for name, parameter in network.named_parameters() if parameter.requires_grad}
    assert learned == {name for name, _ in network.named_parameters() if ".shrink." in name or "head" in name}


def test_frozen_network_keeps_the_averages_of_its_batch_norm() -> None:
    network = Drsn(widths=(4, 4, 4, 4), is_frozen=True).train()
    before = {name: value.clone() for name, value in network.state_dict().items()}
    network(torch.randn(4, 1, 48, 48))
    changed = {name for name, value in network.state_dict().items() if not torch.equal(value, before[name])}
    assert changed
    assert all(".shrink." in name for name in changed)
