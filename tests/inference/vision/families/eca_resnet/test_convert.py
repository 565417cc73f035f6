from __future__ import annotations

import torch
from torch.nn import functional

from inference.vision.families.drsn.network import Drsn
from inference.vision.families.eca_resnet.convert import convert
from inference.vision.families.eca_resnet.network import EcaResnet
from inference.vision.families.resnet_names import own_name

WIDTHS = (4, 6, 8, 10)


def network() -> EcaResnet:
    return EcaResnet(widths=WIDTHS)


def test_a_drsn_gives_all_but_attention_and_head() -> None:
    state = convert(Drsn(widths=WIDTHS).state_dict(), network())
    own = network().state_dict()
    missing = {name for name, value in own.items() if name not in state or state[name].shape != value.shape}
    assert {name for name in missing if ".eca." not in name} == {"head.weight", "head.bias"}


def test_a_smaller_stem_framed_with_zeros_computes_the_same() -> None:
    stem, gray = torch.randn(4, 1, 3, 3), torch.randn(2, 1, 12, 12)
    framed = convert({"stem.0.weight": stem}, network())["stem.0.weight"]
    assert framed.shape == (4, 1, 5, 5)
    torch.testing.assert_close(functional.conv2d(gray, framed, padding=2), functional.conv2d(gray, stem, padding=1))


def test_a_colour_stem_of_seven_is_summed_and_cut_to_its_middle() -> None:
    stem = torch.randn(4, 3, 7, 7)
    converted = convert({"conv1.weight": stem}, network())["stem.0.weight"]
    torch.testing.assert_close(converted, stem.sum(dim=1, keepdim=True)[:, :, 1:6, 1:6])


def test_standard_names_become_own_ones() -> None:
    assert own_name("layer3.1.bn2.weight") == "stages.5.norm2.weight"
    assert own_name("layer2.0.downsample.0.weight") == "stages.2.project.0.weight"
    assert own_name("stages.5.norm2.weight") == "stages.5.norm2.weight"


def test_an_even_stem_sees_on_a_picture_of_half_the_size_what_it_saw_on_the_large_one() -> None:
    stem, gray = torch.randn(4, 1, 6, 6), torch.rand(2, 1, 12, 12)
    halved = convert({"stem.0.weight": stem}, network())["stem.0.weight"]
    doubled = gray.repeat_interleave(2, dim=2).repeat_interleave(2, dim=3)
    expected = functional.conv2d(doubled, stem, stride=2, padding=2)
    torch.testing.assert_close(functional.conv2d(gray, halved, padding=2), expected)
