"""An evaluation as Markdown tables, for the terminal and for ``docs/models``."""

from __future__ import annotations

from inference.vision.training.evaluate import Evaluation
from inference.vision.training.report import Interval, Report


def as_text(evaluation: Evaluation) -> str:
    """Return the figures of ``evaluation`` as Markdown."""
    report = evaluation.report
    parts = [
        _summary(evaluation),
        _classes(report),
        _confusion(report),
        _sources(report),
        _checks(evaluation) if evaluation.checks else "",
        _left_out(evaluation) if any(evaluation.left_out.values()) else "",
    ]
    return "\n\n".join(part for part in parts if part)


def _summary(evaluation: Evaluation) -> str:
    report = evaluation.report
    rows = [
        ["test faces / people", f"{report.count} / {report.people}"],
        ["test faces without a class, left out", str(sum(evaluation.left_out.values()))],
        ["accuracy", _share(report.accuracy)],
        ["macro-F1", _share(report.macro_f1)],
        [
            "always the commonest class: accuracy / macro-F1",
            _pair(report.commonest_accuracy, report.commonest_macro_f1),
        ],
        ["guessing by frequency: macro-F1", f"{100 * report.guess_macro_f1:.1f} %"],
        ["ECE, calibrated / before", _pair(report.ece, evaluation.uncalibrated_ece)],
        ["temperature", f"{evaluation.temperature:.3f}"],
    ]
    return _table(["figure", "value (95 % interval)"], rows)


def _classes(report: Report) -> str:
    rows = [
        [item.label, str(item.count), _share(item.precision), _share(item.recall), _share(item.f1)]
        for item in report.classes
    ]
    return _table(["class", "faces", "precision", "recall", "F1"], rows)


def _confusion(report: Report) -> str:
    labels = [item.label for item in report.classes]
    rows = [[label, *map(str, counts)] for label, counts in zip(labels, report.matrix.tolist(), strict=True)]
    return _table(["labelled / the network says", *labels], rows)


def _sources(report: Report) -> str:
    rows = [[name, str(count), f"{100 * value:.1f} %"] for name, (value, count) in report.accuracy_by_source.items()]
    return _table(["set", "test faces", "accuracy"], rows)


def _checks(evaluation: Evaluation) -> str:
    rows = [[item.name, str(item.count), f"{100 * item.value:.1f} %"] for item in evaluation.checks]
    return _table(["against labels that people gave", "faces", "value"], rows)


def _left_out(evaluation: Evaluation) -> str:
    rows = [[label, str(count)] for label, count in evaluation.left_out.items()]
    return _table(["the network says of faces without a class", "faces"], rows)


def _share(interval: Interval) -> str:
    value, low, high = (100 * number for number in interval)
    return f"{value:.1f} % ({low:.1f} to {high:.1f})"


def _pair(first: float, second: float) -> str:
    return f"{100 * first:.1f} % / {100 * second:.1f} %"


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
