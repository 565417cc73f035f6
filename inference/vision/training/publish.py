"""Write a trained network into its family's folder: float16 weights and the card that describes them."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file, save_file
from torch import nn

from inference.vision.training.evaluate import Evaluation
from inference.vision.training.recipe import Recipe
from inference.vision.weights import CHECKOUT_DIR, file_sha256


def write_weights(state: Mapping[str, torch.Tensor], path: Path) -> str:
    """Save ``state`` with matrices and kernels in float16, the rest as it is; return the file's sha256."""
    halved = {
        name: value.half() if value.is_floating_point() and value.ndim > 1 else value for name, value in state.items()
    }
    save_file({name: value.contiguous() for name, value in halved.items()}, path)
    return file_sha256(path)


def ship(best: Path, weights: Path, network: nn.Module, *, without: tuple[str, ...] = ()) -> nn.Module:
    """Write the weights of ``best`` to ``weights`` as they ship; return ``network`` with exactly these, for evaluation.

    Weights whose name begins with one of ``without`` stay behind.
    """
    state = torch.load(best, map_location="cpu", weights_only=True)
    write_weights({name: value for name, value in state.items() if not name.startswith(without)}, weights)
    network.load_state_dict(load_file(weights))
    return network.float().eval()


def write_card(path: Path, *, recipe: Recipe, weights: Path, evaluation: Evaluation, data_hash: str) -> None:
    """Write the card of ``weights`` to ``path``."""
    labels = [figures.label for figures in evaluation.report.classes]
    facts = identity_of(recipe, weights, labels) | {"temperature": round(evaluation.temperature, 4)}
    sections = {"network": dict(recipe.network), "training": training_of(recipe, data_hash), "test": _test(evaluation)}
    lines = card_lines(facts, sections)
    for figures in evaluation.report.classes:
        lines += ["", "[[test.classes]]", *(_line(key, _rounded(value)) for key, value in asdict(figures).items())]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def card_lines(facts: Mapping[str, Any], sections: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Return a card's lines: ``facts`` at its top, then each of the ``sections``."""
    lines = [f"# Written by manage.py evaluate --publish; in words: {facts['document']}"]
    lines += [_line(key, value) for key, value in facts.items()]
    for name, section in sections.items():
        lines += ["", f"[{name}]", *(_line(key, _rounded(value)) for key, value in section.items())]
    return lines


def identity_of(recipe: Recipe, weights: Path, labels: list[str]) -> dict[str, Any]:
    """Return what a card says of a network before any figure."""
    return {
        "name": recipe.family,
        "family": recipe.family,
        "file": weights.name,
        "sha256": file_sha256(weights),
        "labels": labels,
        "mean": recipe.input.mean,
        "std": recipe.input.std,
        "input_size": [recipe.input.size_px, recipe.input.size_px],
        "template": [list(point) for point in recipe.input.template],
        "engine_precision": "bf16",
        **recipe.card,
    }


def training_of(recipe: Recipe, data_hash: str) -> dict[str, Any]:
    """Return what a card says of how its weights came to be."""
    return {
        "profile": recipe.name,
        "epochs": recipe.profile.epochs,
        "seed": recipe.profile.seed,
        "commit": commit(),
        "date": datetime.now(UTC).date().isoformat(),
        "data": recipe.data,
        "data_sha256": data_hash,
    }


def _test(evaluation: Evaluation) -> dict[str, Any]:
    report = evaluation.report
    return {
        "faces": report.count,
        "people": report.people,
        "left_out": sum(evaluation.left_out.values()),
        "left_out_called": [f"{name}: {count}" for name, count in evaluation.left_out.items()],
        "accuracy": _rounded(report.accuracy),
        "macro_f1": _rounded(report.macro_f1),
        "commonest_class_accuracy": _rounded(report.commonest_accuracy),
        "commonest_class_macro_f1": _rounded(report.commonest_macro_f1),
        "guess_macro_f1": _rounded(report.guess_macro_f1),
        "ece": _rounded(report.ece),
        "ece_uncalibrated": _rounded(evaluation.uncalibrated_ece),
        "confusion": report.matrix.tolist(),
        "accuracy_by_source": [f"{name}: {value:.3f} of {n}" for name, (value, n) in report.accuracy_by_source.items()],
        "human_checks": [f"{check.name}: {check.value:.3f} of {check.count}" for check in evaluation.checks],
    }


def commit() -> str:
    """Return the checkout's commit, or ``unknown`` outside of one."""
    answer = subprocess.run(["git", "rev-parse", "HEAD"], cwd=CHECKOUT_DIR, capture_output=True, text=True, check=False)
    return answer.stdout.strip() or "unknown"


def _line(key: str, value: object) -> str:
    """Return a TOML line; JSON's scalars and lists are TOML's."""
    return f"{key} = {json.dumps(value)}"


def _rounded(value: Any) -> Any:
    if isinstance(value, tuple):
        return [round(number, 4) for number in value]
    return round(value, 4) if isinstance(value, float) else value
