"""The one place that chooses the device, the precision and the engine that networks run on."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, cast

import numpy as np
import openvino as ov
from openvino.preprocess import PrePostProcessor
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from inference.vision.quantise import (
    FEWEST_WEIGHTS_IN_FILES,
    Range,
    fold_weights,
    load_ranges,
    quantise,
    ranges_path,
)
from inference.vision.types import FloatArray, ImageArray
from inference.vision.weights import WeightCard

if TYPE_CHECKING:
    import torch

Device: TypeAlias = Literal["cuda", "cpu"]
Precision: TypeAlias = Literal["f32", "bf16"]
Batch: TypeAlias = FloatArray | ImageArray
Network: TypeAlias = Callable[[Batch], tuple[FloatArray, ...]]
"""A loaded network: one batch of values or of pixels in, a tuple of output batches in float32 out."""

BATCHES = {"cuda": 256, "cpu": 16}
BATCH_STEPS = {"cuda": 256, "cpu": 4}
"""How many faces a batch takes, and to a multiple of what the last batch is filled up."""


def choose_device(wanted: str = "auto") -> Device:
    """Return ``cuda`` where a GPU is present, else ``cpu``; ``wanted`` other than ``auto`` is obeyed.

    Raises:
        ValueError: ``wanted`` is no device, or there is no GPU where one is demanded.
    """
    if wanted == "cpu":
        return "cpu"
    if wanted not in {"auto", "cuda"}:
        raise ValueError(f"No device is called {wanted!r}: say auto, cpu or cuda.")
    import torch

    if torch.cuda.is_available():
        return "cuda"
    if wanted == "cuda":
        raise ValueError("A CUDA device was demanded, but PyTorch sees none.")
    return "cpu"


def cpu_precision(allowed: str = "bf16") -> Precision:
    """Return bf16 where the processor computes it and ``allowed`` is bf16, else f32 (also beside int8 layers)."""
    has_bf16 = "BF16" in _core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return "bf16" if has_bf16 and allowed == "bf16" else "f32"


def load_module(
    module: torch.nn.Module, *, input_shape: Sequence[int], device: Device, precision: str = "bf16"
) -> Network:
    """Return a PyTorch module as a network for batches of ``input_shape`` (without the batch axis)."""
    if device == "cuda":
        return _on_cuda(module, precision)
    return compile_model(export_module(module, input_shape=input_shape), precision=cpu_precision(precision))


def load_shipped(module: torch.nn.Module, card: WeightCard, *, input_shape: Sequence[int], device: Device) -> Network:
    """Return the network of ``card`` at the precision that its card chose: ``fp32``, ``bf16`` or ``int8``.

    A GPU runs bf16 where the card says int8: it gains nothing from so small a network's integers.

    Raises:
        WeightsError: the card says int8, but its ranges are missing or those of other weights.
    """
    if device == "cpu" and card.engine_precision == "int8":
        ranges = load_ranges(ranges_path(card), weights_sha256=card.sha256)
        return compile_model(quantise(export_module(module, input_shape=input_shape), ranges), precision="f32")
    allowed = "bf16" if card.engine_precision == "int8" else card.engine_precision
    return load_module(module, input_shape=input_shape, device=device, precision=allowed)


def load_file(
    path: Path,
    *,
    input_shape: Sequence[int],
    precision: str = "bf16",
    takes_pixels: bool = False,
    white: float = 1.0,
    ranges: Sequence[Range] = (),
) -> Network:
    """Return a third-party ONNX or TFLite file as a CPU network with a fixed ``input_shape`` (the network's own).

    ``takes_pixels``: the network wants RGB from 0 to ``white`` and gets BGR bytes (n, h, w, 3); the engine converts
    them on the way. With ``ranges``, measured on ``read_file``'s model, it runs in int8, the rest in ``precision``.
    These networks are small; they stay on the CPU engine even beside a GPU, which then has the classifier.

    Raises:
        WeightsError: the ranges are those of another network.
    """
    model = read_file(path, input_shape=input_shape)
    if ranges:
        model = quantise(model, ranges, fewest_weights=FEWEST_WEIGHTS_IN_FILES)
    return compile_model(_with_pixels(model, white) if takes_pixels else model, precision=cpu_precision(precision))


def read_file(path: Path, *, input_shape: Sequence[int]) -> Any:
    """Return a third-party file as an OpenVINO model with float32 weights, for ``measure_ranges`` and ``quantise``."""
    model = _core().read_model(path)
    model.reshape(list(input_shape))
    return fold_weights(model)


def load_frames(model: Any, *, size: tuple[int, int], precision: str = "bf16") -> Network:
    """Return a model of ``export_frames`` as a CPU network for one BGR frame of bytes (1, h, w, 3) of ``size`` (h, w).

    The module wants the same levels as values (n, 3, h, w); the engine converts them on the way.
    """
    model = model.clone()
    model.reshape([1, 3, *size])
    steps = PrePostProcessor(model)
    steps.input().tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC"))
    steps.input().model().set_layout(ov.Layout("NCHW"))
    return compile_model(steps.build(), precision=cpu_precision(precision))


def export_frames(module: torch.nn.Module) -> Any:
    """Return a fully convolutional module as an OpenVINO model for one frame of any size."""
    import torch

    with torch.inference_mode():
        return ov.convert_model(module.eval(), example_input=torch.zeros((1, 3, 64, 64)), input=[[1, 3, -1, -1]])


def export_module(module: torch.nn.Module, *, input_shape: Sequence[int]) -> Any:
    """Return the module as an OpenVINO model with an open batch axis; nothing leaves the machine."""
    import torch

    module = module.eval()
    example = torch.zeros((2, *input_shape))
    with torch.inference_mode():
        return ov.convert_model(module, example_input=example, input=[[-1, *input_shape]])


def _with_pixels(model: Any, white: float) -> Any:
    steps = PrePostProcessor(model)
    steps.input().tensor().set_element_type(ov.Type.u8).set_layout(ov.Layout("NHWC"))
    steps.input().model().set_layout(ov.Layout("NCHW" if model.input().shape[1] == 3 else "NHWC"))
    steps.input().preprocess().convert_element_type(ov.Type.f32).reverse_channels().scale(255.0 / white)
    return steps.build()


def compile_model(model: Any, *, precision: Precision) -> Network:
    """Compile an OpenVINO model for the CPU and return it as a network."""
    options = {"INFERENCE_PRECISION_HINT": precision, "INFERENCE_NUM_THREADS": threads_per_network()}
    compiled = _core().compile_model(model, "CPU", options)
    request = compiled.create_infer_request()
    names = range(len(compiled.outputs))

    def run(batch: Batch) -> tuple[FloatArray, ...]:
        request.infer([batch], share_inputs=True)
        return tuple(np.array(request.get_output_tensor(index).data, dtype=np.float32) for index in names)

    return run


def calm_blas() -> None:
    """Let NumPy's and SciPy's matrix products run on one thread each, in this process, from now on.

    The threads of OpenBLAS wait by spinning after each product, also after small ones: a third of the processor's time.
    """
    threadpool_limits(limits=1, user_api="blas")


def threads_per_network() -> int:
    """Return on how many cores one network runs: half of them, since the stages work at the same time.

    More would wait for each other: a network is done when the last of its threads is.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, cores // 2)


def in_batches(network: Network, batch: Batch, *, size: int, step: int | None = None) -> tuple[FloatArray, ...]:
    """Run ``network`` over ``batch`` in pieces of exactly ``size``, the last one filled up with zeros.

    A fixed size compiles once, and a face's result does not depend on how many faces came with it. A network with an
    open batch axis can be given a ``step``: the last piece is then filled up to a multiple of it alone.
    """
    pieces = [_run_piece(network, batch[at : at + size], step or size) for at in range(0, len(batch), size)]
    return tuple(np.concatenate(outputs) for outputs in zip(*pieces, strict=True))


def _run_piece(network: Network, piece: Batch, step: int) -> tuple[FloatArray, ...]:
    missing = -len(piece) % step
    full = np.concatenate([piece, np.zeros((missing, *piece.shape[1:]), piece.dtype)]) if missing else piece
    return tuple(output[: len(piece)] for output in network(np.ascontiguousarray(full)))


def _on_cuda(module: torch.nn.Module, precision: str) -> Network:
    import torch

    network = module.eval().to("cuda").to(memory_format=torch.channels_last)  # type: ignore[call-overload]

    def run(batch: Batch) -> tuple[FloatArray, ...]:
        with torch.inference_mode(), torch.autocast("cuda", torch.bfloat16, enabled=precision == "bf16"):
            # From pinned memory the copy runs beside the kernels of the batch before.
            outputs = network(torch.from_numpy(batch).pin_memory().to("cuda", non_blocking=True))
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        return tuple(cast("FloatArray", output.float().cpu().numpy()) for output in outputs)

    return run


@cache
def _core() -> Any:
    core = ov.Core()
    # Pinned threads make two workers on one machine slower than one: measured 8.6 against 15.3 x real time.
    core.set_property("CPU", {"ENABLE_CPU_PINNING": False, "PERFORMANCE_HINT": "LATENCY"})
    folder = cache_dir() / "openvino"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        return core
    # Compiled networks are loaded as they are, so the folder must be this user's own.
    if os.access(folder, os.W_OK) and folder.stat().st_uid == os.getuid():
        core.set_property({"CACHE_DIR": str(folder)})
    return core


def cache_dir() -> Path:
    """Return the folder for what can be computed again: in ``LECTERN_HOME``, else in the user's cache."""
    home = os.environ.get("LECTERN_HOME")
    if home:
        return Path(home) / "cache"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path("~/.cache").expanduser()) / "lectern"
