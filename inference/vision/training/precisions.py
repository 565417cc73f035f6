"""A shipped network at each precision of the CPU engine: PyTorch's float32, the engine's fp32, bf16 and int8."""

from __future__ import annotations

import copy
import time
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from torch import nn

from inference.vision.quantise import Range, quantise
from inference.vision.runtime import Network, compile_model, cpu_precision, export_module
from inference.vision.types import FloatArray

TORCH, FP32, BF16, INT8 = "torch", "fp32", "bf16", "int8"
ROUNDED = (nn.Conv2d, nn.Linear, nn.LSTM)


def engines_of(module: nn.Module, ranges: Sequence[Range] | None, *, shape: Sequence[int]) -> dict[str, Network]:
    """Return ``module`` for inputs of ``shape`` (c, h, w) at every precision, by its name; int8 only with ``ranges``.

    A processor without bfloat16 gets it imitated in PyTorch: the same values, but nothing can be said of its speed.
    """
    bf16 = compile_model(export_module(module, input_shape=shape), precision="bf16") if has_bf16() else imitated(module)
    fp32 = compile_model(export_module(module, input_shape=shape), precision="f32")
    engines = {TORCH: in_torch(module), FP32: fp32, BF16: bf16}
    if ranges is not None:
        engines[INT8] = compile_model(quantise(export_module(module, input_shape=shape), ranges), precision="f32")
    return engines


def has_bf16() -> bool:
    """Say whether this processor computes bfloat16."""
    return cpu_precision("bf16") == "bf16"


def in_torch(module: nn.Module) -> Network:
    """Return ``module`` as a network that PyTorch runs in float32."""

    def run(batch: Any) -> tuple[FloatArray, ...]:
        with torch.inference_mode():
            return (np.asarray(module(torch.from_numpy(batch)).numpy(), np.float32),)

    return run


def imitated(module: nn.Module) -> Network:
    """Return ``module`` with the weights and inputs of its layers rounded to bfloat16, sums kept in float32."""
    rounded = copy.deepcopy(module).eval()
    for layer in rounded.modules():
        if isinstance(layer, ROUNDED):
            for weight in layer.parameters():
                weight.data = weight.data.bfloat16().float()
            layer.register_forward_pre_hook(_round_input)
    return in_torch(rounded)


def speeds(engines: Mapping[str, Network], batch: FloatArray, *, rounds: int = 15) -> dict[str, float]:
    """Return inputs a second of each of ``engines``, by turns, so that what else runs slows all of them alike."""
    times: dict[str, list[float]] = {name: [] for name in engines}
    for turn in range(rounds + 1):
        for name, engine in engines.items():
            begin = time.perf_counter()
            engine(batch)
            if turn:  # the first one warms up
                times[name].append(time.perf_counter() - begin)
    return {name: len(batch) / float(np.median(values)) for name, values in times.items()}


def _round_input(_layer: nn.Module, inputs: tuple[Any, ...]) -> tuple[Any, ...]:
    first, *rest = inputs
    return (first.bfloat16().float(), *rest)
