"""A local result for machines."""

from __future__ import annotations

from math import isfinite
from typing import Any

from inference.local import LocalResult, LocalScores, listed
from inference.vision.aggregate import ScoreTable
from inference.vision.concentration import Values


def as_json(result: LocalResult) -> dict[str, Any]:
    """Return the result as plain values; null where too little was seen."""
    return {
        "duration_s": round(result.duration_s, 3),
        "device": result.device,
        "model": result.model,
        "formula": result.formula_version,
        "class": _class(result),
        "people": [_person(result, row) for row in listed(result)],
    }


def _class(result: LocalResult) -> dict[str, Any]:
    return {
        **_cell(result, result.whole.group, (0, 0)),
        "segments": _segments(result, result.segments, result.segments.group, 0),
    }


def _person(result: LocalResult, row: int) -> dict[str, Any]:
    return {
        "person": result.numbers[row],
        **_cell(result, result.whole.people, (row, 0)),
        "segments": _segments(result, result.segments, result.segments.people, row),
    }


def _segments(result: LocalResult, scores: LocalScores, table: ScoreTable, row: int) -> list[dict[str, Any]]:
    return [
        {"start_s": float(start_s), "end_s": float(end_s), **_cell(result, table, (row, position))}
        for position, (start_s, end_s) in enumerate(scores.spans)
    ]


def _cell(result: LocalResult, table: ScoreTable, at: tuple[int, int]) -> dict[str, Any]:
    return {
        "concentration": known(table.concentration[at]),
        "low": known(table.low[at]),
        "high": known(table.high[at]),
        "coverage": round(float(table.coverage[at]), 4),
        "n_observations": int(table.n_observations[at]),
        "n_people": int(table.n_people[at]),
        "mix": _shares(result.labels, table.mix[at]),
        **{name: _shares(labels, table.extras[name][at]) for name, labels in result.extra_labels.items()},
        "eyes_closed_share": known(table.eyes_closed_share[at]),
        "head_turned_share": known(table.head_turned_share[at]),
    }


def _shares(labels: tuple[str, ...], values: Values) -> dict[str, float | None] | None:
    """Return each label's share; None where one of them is not known."""
    mix = dict(zip(labels, map(known, values), strict=True))
    return None if None in mix.values() else mix


def known(value: float) -> float | None:
    """Return the value to four digits, or None for NaN."""
    return round(float(value), 4) if isfinite(value) else None
