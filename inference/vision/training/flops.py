"""What a network costs: its parameters and the multiplications of its convolutions and linear layers.

Paper 002 calls them "FLOPs (operations per second)"; its 1.83 B for ResNet18 are multiply-accumulate operations on a
224 x 224 px image. Batch norm folds into the convolutions and is not counted; neither are additions and means.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

COUNTED = (nn.Conv1d, nn.Conv2d, nn.Linear, nn.LSTM)


@dataclass(frozen=True, slots=True)
class Cost:
    """``parameters`` that are learned and ``macs``, multiply-accumulate operations for one input."""

    parameters: int
    macs: int


@torch.inference_mode()
def cost_of(network: nn.Module, x: Tensor) -> Cost:
    """Return what ``network`` costs for the one input ``x`` (1, ...)."""
    macs: list[int] = []
    layers = [layer for layer in network.modules() if isinstance(layer, COUNTED)]
    hooks = [layer.register_forward_hook(lambda *call: macs.append(_macs(*call))) for layer in layers]
    was_training = network.training
    network.eval()(x)
    network.train(was_training)
    for hook in hooks:
        hook.remove()
    return Cost(sum(parameter.numel() for parameter in network.parameters()), sum(macs))


def _macs(layer: nn.Module, _: Any, output: Any) -> int:
    """Return outputs times weights for each: a kernel for a channel, a row for a unit, the gates for a step."""
    if isinstance(layer, nn.LSTM):
        steps = output[0].numel() // output[0].shape[-1]
        gates: int = sum(value.numel() for name, value in layer.named_parameters() if name.startswith("weight"))
        return int(steps) * gates
    weight: Any = layer.weight
    macs: int = output.numel() * weight[0].numel()
    return macs
