"""Post-training int8 with OpenVINO's own operations: a FakeQuantize before each layer, ranges from real faces.

The CPU engine turns a layer whose input and weights both pass a ``FakeQuantize`` into integer arithmetic. The ranges
are measured once (``manage.py export``) and kept beside the card: later the float weights are enough.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from openvino import opset13 as ops
from openvino.passes import ConstantFolding, Manager

from inference.vision.types import FloatArray
from inference.vision.weights import WeightCard, WeightsError

LEVELS = 256
SYMMETRIC_LEVELS = 255
# Processors without VNNI add pairs of 8-bit products in 16 bits; weights of 7 bits cannot overflow them.
WEIGHT_HEADROOM = 2.0
FEWEST_WEIGHTS = 4096  # smaller layers cost nothing, and the attention's are sensitive
# Fetched networks are thin: most of their time is in layers with fewer weights than that.
FEWEST_WEIGHTS_IN_FILES = 256


@dataclass(frozen=True, slots=True)
class Range:
    """The values ``low`` to ``high`` that enter a layer; ``layer`` is its kind and its weights' shape, as a check."""

    layer: str
    low: float
    high: float


def layers_of(model: Any, *, fewest_weights: int = FEWEST_WEIGHTS) -> list[Any]:
    """Return the convolutions and matrix products of ``model`` that have weights worth quantising, in graph order."""
    operations = (op for op in model.get_ordered_ops() if op.get_type_name() in _CHANNEL_AXES)
    return [op for op in operations if _is_large(op, fewest_weights)]


def fold_weights(model: Any) -> Any:
    """Turn the weights that ``model`` keeps in another type or order into float32 constants, in place; return it."""
    for op in model.get_ordered_ops():
        source = op.input_value(0).get_node() if op.get_type_name() == "Convert" else None
        if source is not None and source.get_type_name() == "Constant":
            constant = ops.constant(source.data.astype(np.float32))
            for target in list(op.output(0).get_target_inputs()):
                target.replace_source_output(constant.output(0))
    manager = Manager()
    manager.register_pass(ConstantFolding())
    manager.run_passes(model)
    return model


def measure_ranges(
    model: Any, batches: Iterable[FloatArray], *, share: float = 0.9999, fewest_weights: int = FEWEST_WEIGHTS
) -> tuple[Range, ...]:
    """Return the range of each layer's input: quantiles that leave ``share`` inside, averaged over ``batches``."""
    from openvino import Core, Model

    layers = layers_of(model, fewest_weights=fewest_weights)
    if not layers:
        return ()
    inputs = Model([op.input_value(0) for op in layers], model.get_parameters(), "inputs of layers")
    request = Core().compile_model(inputs, "CPU", {"INFERENCE_PRECISION_HINT": "f32"}).create_infer_request()
    rows = [_quantiles(request.infer([batch]).values(), 1 - share) for batch in batches]
    mean = np.mean(rows, axis=0)
    return tuple(Range(_kind(op), float(low), float(high)) for op, (low, high) in zip(layers, mean, strict=True))


def quantise(model: Any, ranges: Sequence[Range], *, fewest_weights: int = FEWEST_WEIGHTS) -> Any:
    """Put the quantisers of ``ranges`` into ``model`` (changed in place) and return it.

    ``fewest_weights`` is that of the ranges' measurement.

    Raises:
        WeightsError: the ranges are those of another network.
    """
    layers = layers_of(model, fewest_weights=fewest_weights)
    if [_kind(op) for op in layers] != [item.layer for item in ranges]:
        raise WeightsError("The int8 ranges belong to another network: measure them anew with manage.py export.")
    shared: dict[tuple[str, int, float, float], Any] = {}
    for op, item in zip(layers, ranges, strict=True):
        source = op.input_value(0)
        key = (source.get_node().get_name(), source.get_index(), item.low, item.high)
        shared[key] = shared[key] if key in shared else _activation(source, item)
        op.input(0).replace_source_output(shared[key].output(0))
        op.input(1).replace_source_output(_weights(op).output(0))
    model.validate_nodes_and_infer_types()
    return model


def ranges_path(card: WeightCard) -> Path:
    """Return where the ranges of ``card``'s network stand."""
    return card.path.with_name("ranges.json")


def save_ranges(path: Path, ranges: Sequence[Range], *, weights_sha256: str, faces: int) -> None:
    """Write ``ranges``, measured on so many ``faces`` with those weights, to ``path``."""
    facts = {"weights_sha256": weights_sha256, "faces": faces, "ranges": [asdict(item) for item in ranges]}
    path.write_text(json.dumps(facts, indent=1) + "\n", encoding="utf-8")


def load_ranges(path: Path, *, weights_sha256: str) -> tuple[Range, ...]:
    """Return the ranges at ``path``.

    Raises:
        WeightsError: there are none, they cannot be read, or they were measured with other weights.
    """
    try:
        facts = json.loads(path.read_text(encoding="utf-8"))
        known, ranges = facts["weights_sha256"], tuple(Range(**item) for item in facts["ranges"])
    except FileNotFoundError as error:
        raise WeightsError(f"No int8 ranges at {path}: measure them with manage.py export.") from error
    except (ValueError, KeyError, TypeError) as error:
        raise WeightsError(f"The int8 ranges at {path} cannot be read: {error!r}") from error
    if known != weights_sha256:
        raise WeightsError(f"{path} was measured with other weights: run manage.py export anew.")
    return ranges


_CHANNEL_AXES = {"Convolution": 1, "GroupConvolution": 2, "MatMul": 1}
"""How many leading axes of the weights number the output channels."""


def _is_large(op: Any, fewest: int) -> bool:
    weights = op.input_value(1).get_node()
    return weights.get_type_name() == "Constant" and weights.data.size >= fewest and _is_transposed(op)


def _is_transposed(op: Any) -> bool:
    return op.get_type_name() != "MatMul" or bool(op.get_attributes()["transpose_b"])


def _kind(op: Any) -> str:
    shape = "x".join(str(side) for side in op.input_value(1).get_shape())
    return f"{op.get_type_name()} {shape}"


def _quantiles(values: Iterable[FloatArray], outside: float) -> FloatArray:
    return np.array([np.quantile(value, (outside, 1 - outside)) for value in values], np.float32)


def _activation(source: Any, item: Range) -> Any:
    """Unsigned from 0 where nothing is negative, else symmetric: the two forms that the engine computes fastest."""
    if item.low >= 0:
        return _fake(source, 0.0, item.high, LEVELS)
    high = max(-item.low, item.high)
    return _fake(source, -high, high, SYMMETRIC_LEVELS)


def _weights(op: Any) -> Any:
    source = op.input_value(1)
    weights = source.get_node().data
    axes = tuple(range(_CHANNEL_AXES[op.get_type_name()], weights.ndim))
    high = np.maximum(np.abs(weights).max(axis=axes, keepdims=True), 1e-8) * WEIGHT_HEADROOM
    return _fake(source, -high, high, SYMMETRIC_LEVELS)


def _fake(source: Any, low: Any, high: Any, levels: int) -> Any:
    ends = [ops.constant(np.asarray(end, np.float32)) for end in (low, high)]
    return ops.fake_quantize(source, *ends, *ends, levels)
