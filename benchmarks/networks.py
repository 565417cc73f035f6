"""How much faster the CPU engine is than PyTorch, and int8 and bf16 than float32, for every network that ships.

Run with ``python -m benchmarks.networks [FAMILY ...]``. Ratios within one run, the engines taking turns: what else the
machine does slows all of them alike. A precision that the processor lacks, or that was never calibrated, is left out.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib import import_module

import numpy as np

from benchmarks.record import record
from inference.vision.families import NETWORKS, load_network
from inference.vision.quantise import Range, load_ranges, ranges_path
from inference.vision.training.precisions import BF16, FP32, engines_of, has_bf16, speeds
from inference.vision.weights import WeightCard, WeightsError, card_path

BATCH = 16


def main(families: list[str]) -> None:
    shipped = [name for name in sorted(NETWORKS) if card_path(name).is_file()]
    figures: dict[str, tuple[float, str]] = {}
    for family in families or shipped:
        figures |= {f"network.{family}.{name}_over_fp32": (ratio, "x") for name, ratio in ratios_of(family).items()}
    for key, (value, unit) in figures.items():
        print(f"{key}: {value} {unit}")
    record(figures, command="python -m benchmarks.networks")


def ratios_of(family: str) -> dict[str, float]:
    """Return the speed of each precision over that of the engine's float32."""
    module, card = load_network(family)
    decode = import_module(f"inference.vision.families.{family}.decode")
    batch = decode.to_input(np.full((BATCH, *card.input_size), 128, np.uint8), card)
    engines = engines_of(module, _ranges(card), shape=batch.shape[1:])
    if not has_bf16():
        del engines[BF16]
    found = speeds(engines, batch)
    return {name: round(value / found[FP32], 2) for name, value in found.items() if name != FP32}


def _ranges(card: WeightCard) -> Sequence[Range] | None:
    try:
        return load_ranges(ranges_path(card), weights_sha256=card.sha256)
    except WeightsError:
        return None


if __name__ == "__main__":
    main(sys.argv[1:])
