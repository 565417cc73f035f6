from __future__ import annotations

import torch
from torch import nn

from inference.vision.families.drsn.network import Drsn
from inference.vision.features.vgg16 import Vgg16
from inference.vision.training.flops import Cost, cost_of


def test_a_small_network_costs_what_a_hand_counts() -> None:
    network = nn.Sequential(nn.Conv2d(2, 3, 3, bias=False), nn.ReLU(), nn.Flatten(), nn.Linear(3 * 4 * 4, 5))
    convolution, linear = 4 * 4 * 3 * (3 * 3 * 2), 48 * 5
    assert cost_of(network, torch.zeros(1, 2, 6, 6)) == Cost(54 + 240 + 5, convolution + linear)


def test_grouped_kernels_see_only_their_group() -> None:
    assert cost_of(nn.Conv2d(4, 4, 3, padding=1, groups=4), torch.zeros(1, 4, 5, 5)).macs == 5 * 5 * 4 * 9


def test_recurrent_steps_cost_their_four_gates() -> None:
    assert cost_of(nn.LSTM(3, 5, batch_first=True), torch.zeros(1, 7, 3)).macs == 7 * 4 * (3 * 5 + 5 * 5)


def test_resnet18_at_224_px_costs_its_known_1_81_billion() -> None:
    network = Drsn(num_classes=1000, in_channels=3, stem_kernel=7, max_pool=True, shrinkage="none")
    assert cost_of(network, torch.zeros(1, 3, 224, 224)) == Cost(11_689_512, 1_814_073_344)


def test_vgg16_at_224_px_costs_its_known_15_5_billion() -> None:
    with torch.device("meta"):
        cost = cost_of(Vgg16(), torch.zeros(1, 3, 224, 224))
    assert cost == Cost(138_357_544, 15_470_264_320)


def test_counting_leaves_the_network_as_it_was() -> None:
    network = nn.Linear(2, 2).train()
    cost_of(network, torch.zeros(1, 2))
    assert network.training
    assert not network._forward_hooks
