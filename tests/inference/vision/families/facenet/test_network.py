from __future__ import annotations

import pytest
import torch
from torch.nn import functional

from inference.vision.families.facenet.network import Depthwise, FaceNet

PARAMETERS_OF_MOBILENETV1 = 3_206_976  # Howard et al. 2017: 4.2 million with 1,024 x 1,000 + 1,000 of its classifier


def small(**options: object) -> FaceNet:
    torch.manual_seed(0)
    return FaceNet(width=0.125, **options).eval()  # type: ignore[arg-type]


def faces(count: int, side_px: int = 32) -> torch.Tensor:
    return torch.randn(count, 3, side_px, side_px, generator=torch.Generator().manual_seed(1))


def test_trunk_has_the_weights_of_mobilenetv1() -> None:
    network = FaceNet()
    trunk = sum(weight.numel() for part in (network.stem, network.blocks) for weight in part.parameters())
    assert trunk == PARAMETERS_OF_MOBILENETV1


def test_embedding_is_128_values_without_bias_then_batch_norm() -> None:
    network = FaceNet()
    assert network.embed.weight.shape == (128, 1024)
    assert "embed.bias" not in network.state_dict()
    assert network.norm.num_features == 128


@torch.inference_mode()
def test_forward_gives_vectors_of_length_one() -> None:
    embeddings = small()(faces(4))
    assert embeddings.shape == (4, 128)
    torch.testing.assert_close(embeddings.norm(dim=1), torch.ones(4))


@torch.inference_mode()
def test_forward_is_the_features_at_length_one() -> None:
    network = small()
    torch.testing.assert_close(network(faces(3)), functional.normalize(network.forward_features(faces(3)), dim=1))


@torch.inference_mode()
def test_head_gives_a_logit_for_each_person_of_the_training() -> None:
    network = small(num_classes=7)
    assert network.forward_head(network.forward_features(faces(2))).shape == (2, 7)


def test_network_without_people_holds_no_head_and_says_so() -> None:
    network = small()
    assert not [name for name in network.state_dict() if name.startswith("people")]
    with pytest.raises(ValueError, match="knows no people"):
        network.forward_head(torch.zeros(1, 128))


@pytest.mark.parametrize("stride", [1, 2])
@pytest.mark.parametrize("side_px", [6, 7])
def test_depthwise_layer_gives_the_same_in_training_as_in_use(stride: int, side_px: int) -> None:
    torch.manual_seed(0)
    layer, x = Depthwise(4, stride=stride), torch.randn(2, 4, side_px, side_px)
    torch.testing.assert_close(layer.train()(x), layer.eval()(x))


def test_depthwise_layer_equals_one_convolution_a_channel() -> None:
    torch.manual_seed(0)
    layer, x = Depthwise(3, stride=2), torch.randn(1, 3, 8, 8)
    each = [functional.conv2d(x[:, c : c + 1], layer.weight[c : c + 1], stride=2, padding=1) for c in range(3)]
    torch.testing.assert_close(layer.eval()(x), torch.cat(each, dim=1))
