"""Puts the figures of paper 002's experiments where the bench finds them."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch

from inference.vision.bench.record import Protocol, record_figure
from inference.vision.families.drsn.network import Drsn, Shrinkage
from inference.vision.training.comparison import mcnemar
from inference.vision.training.evaluate import Evaluation
from inference.vision.training.flops import cost_of
from inference.vision.training.metrics import IntArray, bootstrap_rows, confusion, precision_recall_f1
from inference.vision.training.protocols import TEST, StrArray
from inference.vision.training.report import ROUNDS, SEED, Interval, Report
from inference.vision.training.samples import Samples

COMMAND = "python manage.py bench --measure {} --data ../shared/data"
COSTED: dict[str, Shrinkage] = {"resnet224": "none", "se224": "se", "drsn_shared224": "shared", "drsn224": "channel"}


def keep_report(name: str, report: Report, *, protocol: Protocol, command: str) -> None:
    """Record accuracy, macro-F1 and each class's figures under ``model.drsn.<name>``."""
    intervals = {"accuracy": report.accuracy, "macro_f1": report.macro_f1}
    for figures in report.classes:
        parts = {"precision": figures.precision, "recall": figures.recall, "f1": figures.f1}
        intervals |= {f"{metric}_{figures.label}": interval for metric, interval in parts.items()}
    for metric, (value, low, high) in intervals.items():
        key = f"model.drsn.{name}.{metric}"
        record_figure(key, value, low=low, high=high, n=report.count, command=command, protocol=protocol)


def keep_gap(first: str, second: str, tested: tuple[Evaluation, Evaluation], samples: Samples) -> None:
    """Record by how much macro-F1 of ``first`` is above that of ``second`` on the same test people, and McNemar's p."""
    people = samples.counted(TEST).everyone()
    truth, name = tested[0].truth, f"model.drsn.{first}_minus_{second}"
    said = [evaluation.probabilities.argmax(axis=1) for evaluation in tested]
    value, low, high = gap(said[0], said[1], truth, people)
    facts: dict[str, Any] = {"n": len(people), "command": COMMAND.format("paper002-networks")}
    record_figure(f"{name}.macro_f1", value, low=low, high=high, **facts, protocol="subject")
    record_figure(f"{name}.mcnemar_p", mcnemar(said[0] == truth, said[1] == truth), **facts, protocol="subject")


def gap(first: IntArray, second: IntArray, truth: IntArray, people: StrArray) -> Interval:
    """Return macro-F1 of ``first`` minus that of ``second``, both (n,), with a 95 % interval over ``people`` (n,)."""
    rows = bootstrap_rows(people, rounds=ROUNDS, seed=SEED)
    drawn = [_macro_f1(first[row], truth[row]) - _macro_f1(second[row], truth[row]) for row in rows]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return _macro_f1(first, truth) - _macro_f1(second, truth), float(low), float(high)


def keep_costs() -> None:
    """Record parameters and multiply-accumulates of the paper's networks at 224 px (Table 7)."""
    for name, shrinkage in COSTED.items():
        network = Drsn(in_channels=3, stem_kernel=7, max_pool=True, shrinkage=shrinkage)
        cost = cost_of(network, torch.zeros(1, 3, 224, 224))
        for metric, value in (("parameters", cost.parameters), ("gmacs", cost.macs / 1e9)):
            command = COMMAND.format("paper002-networks")
            record_figure(f"model.drsn.{name}.{metric}", value, command=command, protocol="paper")


def _macro_f1(said: IntArray, truth: IntArray) -> float:
    return float(precision_recall_f1(confusion(said, truth, int(truth.max()) + 1))[:, 2].mean())
