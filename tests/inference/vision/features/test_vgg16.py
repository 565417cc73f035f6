from __future__ import annotations

import pytest
import torch

from inference.vision.features.vgg16 import Vgg16, load_imagenet


def tiny(**options: object) -> Vgg16:
    return Vgg16(**({"share": 1 / 32, "pool": 1, "num_classes": 6} | options)).eval()  # type: ignore[arg-type]


def test_published_network_has_138_million_parameters() -> None:
    with torch.device("meta"):
        network = Vgg16()
    assert sum(parameter.numel() for parameter in network.parameters()) == 138_357_544


def test_names_are_those_of_torchvision() -> None:
    with torch.device("meta"):
        names = list(Vgg16().state_dict())
    convolutions = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28]
    expected = [f"features.{n}.{kind}" for n in convolutions for kind in ("weight", "bias")]
    assert names == expected + [f"classifier.{n}.{kind}" for n in (0, 3, 6) for kind in ("weight", "bias")]


@torch.inference_mode()
def test_features_are_the_4096_values_of_fc2_and_the_head_takes_them() -> None:
    network, x = tiny(), torch.randn(2, 3, 48, 48)
    features = network.forward_features(x)
    assert features.shape == (2, 4096)
    torch.testing.assert_close(network.forward_head(features), network(x))


@torch.inference_mode()
def test_at_48_px_a_pool_of_one_is_the_pool_of_seven_with_summed_weights() -> None:
    seven, one = tiny(pool=7), tiny()
    state = seven.state_dict()
    summed = state["classifier.0.weight"].view(4096, -1, 49).sum(dim=2)
    one.load_state_dict(state | {"classifier.0.weight": summed})
    x = torch.randn(2, 3, 48, 48)
    torch.testing.assert_close(one(x), seven(x), rtol=1e-4, atol=1e-4)


def test_imagenet_weights_load_and_the_head_for_other_classes_stays() -> None:
    source, network = tiny(num_classes=10), tiny()
    head = network.classifier[6].get_parameter("weight").clone()
    load_imagenet(network, source.state_dict())
    assert torch.equal(network.get_parameter("features.0.weight"), source.get_parameter("features.0.weight"))
    assert torch.equal(network.get_parameter("classifier.6.weight"), head)


def test_weights_of_another_network_are_refused_by_name() -> None:
    state = tiny().state_dict()
    del state["features.0.weight"]
    with pytest.raises(ValueError, match=r"features\.0\.weight"):
        load_imagenet(tiny(), state)
